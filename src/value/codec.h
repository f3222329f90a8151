// Values as bytes, for spill files and saved states.
#pragma once

#include "base/arena.h"
#include "base/bytes.h"
#include "value/value.h"

namespace spelk {

// Every kind is kept, with digits and JSON type.
void SaveValue(const Value& value, ByteWriter& out);
// Texts are views into the bytes read; multivalues are allocated from the arena. Damaged bytes set
// the reader's failure and give null.
Value LoadValue(ByteReader& in, Arena& arena);

}  // namespace spelk
