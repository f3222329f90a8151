// KMZ files: zip archives that hold a KML document.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/memory.h"

namespace spelk::io {

bool IsKmz(std::string_view start);
// The first document of the archive whose name ends in .kml, unpacked; its size is added to `kept`.
// DataLoss for an archive that is damaged, encrypted, packed otherwise than by deflate, or without
// such a document; ResourceExhausted for one longer than `most` bytes.
absl::StatusOr<std::string> KmlInKmz(std::string_view archive, size_t most, Reservation* kept);

}  // namespace spelk::io
