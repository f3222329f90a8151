// Shapes on the map as geom and geomfilter show them: fewer points, a part of the map, JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "io/kml.h"
#include "plan/bind/binder.h"

namespace spelk::commands {

// A part of the map, in degrees.
struct GeoBox {
  double min_x = -180;
  double min_y = -90;
  double max_x = 180;
  double max_y = 90;

  bool is_whole() const { return *this == GeoBox(); }
  friend bool operator==(const GeoBox&, const GeoBox&) = default;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("min_x", min_x);
    visit("min_y", min_y);
    visit("max_x", max_x);
    visit("max_y", max_y);
  }
};

// The options min_x … max_y; an error if they are no degrees of the map, or nothing
// lies between them.
absl::StatusOr<GeoBox> BindBox(const ast::CommandCall& call, plan::Binder& binder);

// Without the points that are no farther than `most` degrees from the line between those that stay
// (Ramer, Douglas and Peucker). Rings that are no area then are left out; of a shape of which
// nothing is left the polygon of most points stays as it is.
io::GeoShape Simplified(const io::GeoShape& shape, double most);
// What of it lies in the box (Sutherland and Hodgman).
io::GeoShape Clipped(const io::GeoShape& shape, const GeoBox& box);

// {"type":"MultiPolygon","coordinates":[[[[x,y],…]]]}
std::string ToJson(const io::GeoShape& shape);
// Out of such a text, of a Polygon, too. Nothing for other texts; the arena is scratch.
std::optional<io::GeoShape> FromJson(std::string_view text, Arena& arena);

}  // namespace spelk::commands
