// gzip and zstd as byte sources over other byte sources.
#pragma once

#include <string>
#include <string_view>

#include "io/input.h"

namespace spelk::io {

// By the first bytes of the data.
bool IsGzip(std::string_view start);
bool IsZstd(std::string_view start);

// Further members and frames are read on; Read fails with DataLoss, naming `path`, where the data
// is damaged, truncated or followed by something else.
ByteSourcePtr OpenGzip(ByteSourcePtr source, std::string path);
ByteSourcePtr OpenZstd(ByteSourcePtr source, std::string path);

}  // namespace spelk::io
