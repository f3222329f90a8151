// Windows events as XML text: found in a stream, and told as JSON.
#pragma once

#include <string>
#include <string_view>

namespace spelk::io {

// How the text of an event becomes its _raw.
enum class RawXml : uint8_t {
  kAsIs,
  // As Splunk collects it from Windows: without blanks between elements, attributes in single
  // quotes, hexadecimal numbers without the zeros that libevtx writes before them.
  kOneLine,
};

// Appends the event as one line of JSON, with members as evtx_dump names them (Event.System.…,
// Event.EventData.NAME) and the XML as _raw. False, with nothing appended, if the XML is not
// well-formed.
bool AppendXmlEvent(std::string_view xml, RawXml raw, std::string& out);

}  // namespace spelk::io
