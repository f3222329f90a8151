// Elements of XML text that hold text alone, as the xmlkv command takes them.
#pragma once

#include <string_view>

#include "io/fields/text_fields.h"

namespace spelk::io {

// Every <name>text</name> as name=text, wherever it stands: the text around it need not be
// well-formed. Attributes are left out, entities stay as they are, blanks around the text and
// elements without text are dropped. A name that is repeated has all its values. Looks at each byte
// a fixed number of times.
void FindTaggedTexts(std::string_view text, TextFields& fields);

}  // namespace spelk::io
