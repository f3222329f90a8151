// Features of KML documents: what has a name and an outline on the map.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/memory.h"

namespace spelk::io {

struct GeoPoint {
  double x = 0;  // Longitude, in degrees.
  double y = 0;  // Latitude.
  friend bool operator==(const GeoPoint&, const GeoPoint&) = default;
};
using GeoRing = std::vector<GeoPoint>;    // The last point is the first.
using GeoPolygon = std::vector<GeoRing>;  // The outline, then the holes.
using GeoShape = std::vector<GeoPolygon>;

struct KmlFeature {
  std::string id;
  GeoShape shape;
};

// The Placemarks that have an id and a polygon, in the order of the document. `id_path` says where
// the id stands: "/Placemark/name", "/Placemark/ExtendedData/SchemaData/SimpleData[@name='iso']".
// Their memory is added to `kept`. InvalidArgument for a path of another form, and for a text that
// is no XML; ResourceExhausted.
absl::StatusOr<std::vector<KmlFeature>> ReadKml(std::string_view text, std::string_view id_path,
                                                Reservation* kept);

}  // namespace spelk::io
