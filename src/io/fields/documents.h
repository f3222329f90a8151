// All fields of a text that is one JSON or XML document, as KV_MODE=json and KV_MODE=xml name them.
#pragma once

#include <string_view>

#include "io/fields/text_fields.h"
#include "io/json_flattener.h"

namespace spelk::io {

// True if the text could be a JSON object or array: cheap, for whoever asks of each event.
bool LooksLikeJson(std::string_view text);
bool LooksLikeXml(std::string_view text);

// a.b, a{}, a{}.b: the elements of an array are the values of one field; of a name that is repeated
// otherwise the first one counts. False, with no field, if the text is not one whole JSON object or
// array. `flattener` is scratch.
bool FindJsonFields(std::string_view text, JsonFlattener& flattener, TextFields& fields);

// Event.System.EventID, Event.System.Provider{@Name}: elements that hold text alone, and
// attributes; entities are resolved. A name that is repeated has all its values. False, with no
// field, if the text is not well-formed.
bool FindXmlFields(std::string_view text, TextFields& fields);

}  // namespace spelk::io
