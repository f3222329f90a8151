// The fields of a Windows event that stands in a text, as XML or as the event log's own text, under
// the names that Splunk's add-on for Windows gives them.
#pragma once

#include <string_view>

#include "io/fields/text_fields.h"

namespace spelk::io {

// Of XML: what stands below System and its attributes (EventID, Computer, Guid, SystemTime), the
// named values of EventData, the leaves of UserData and RenderingInfo, and these parts as text
// (System_Props_Xml, EventData_Xml, UserData_Xml, RenderingInfo_Xml). Entities stay as they are
// written. A name that System has is its own first: EventData adds a value, other parts do not.
//
// Of text: the NAME=VALUE lines at its beginning, Message, and the lines "Name: value" of the
// message; those of its Subject also as Subject_Name.
//
// A text that was cut off gives what is there.
void FindWindowsFields(std::string_view text, TextFields& fields);

}  // namespace spelk::io
