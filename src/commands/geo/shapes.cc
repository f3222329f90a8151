// Shapes on the map.
#include "commands/geo/shapes.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "io/json_value.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

using io::GeoPoint;
using io::GeoPolygon;
using io::GeoRing;
using io::GeoShape;

constexpr size_t kTriangle = 4;  // Its first point comes again.

double DistanceFrom(const GeoPoint& a, const GeoPoint& b, const GeoPoint& point) {
  const double x = b.x - a.x;
  const double y = b.y - a.y;
  const double squared = x * x + y * y;
  double along = squared == 0 ? 0 : ((point.x - a.x) * x + (point.y - a.y) * y) / squared;
  along = std::clamp(along, 0.0, 1.0);
  return std::hypot(point.x - (a.x + along * x), point.y - (a.y + along * y));
}

GeoRing SimplifiedRing(const GeoRing& ring, double most) {
  std::vector<bool> stays(ring.size(), false);
  stays.front() = stays.back() = true;
  std::vector<std::pair<size_t, size_t>> open = {{0, ring.size() - 1}};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    size_t farthest = first;
    double distance = most;
    for (size_t i = first + 1; i < last; ++i) {
      const double each = DistanceFrom(ring[first], ring[last], ring[i]);
      if (each <= distance) continue;
      distance = each;
      farthest = i;
    }
    if (farthest == first) continue;
    stays[farthest] = true;
    open.emplace_back(first, farthest);
    open.emplace_back(farthest, last);
  }
  GeoRing simple;
  for (size_t i = 0; i < ring.size(); ++i) {
    if (stays[i]) simple.push_back(ring[i]);
  }
  return simple;
}

// The part of a ring on one side of a line: where `inside`, with the points where it is crossed.
template <class Inside, class Crossing>
GeoRing Half(const GeoRing& ring, const Inside& inside, const Crossing& crossing) {
  GeoRing half;
  for (size_t i = 0; i + 1 < ring.size(); ++i) {
    const GeoPoint& from = ring[i];
    const GeoPoint& to = ring[i + 1];
    if (inside(from)) half.push_back(from);
    if (inside(from) != inside(to)) half.push_back(crossing(from, to));
  }
  if (!half.empty()) half.push_back(half.front());
  return half;
}

GeoRing ClippedRing(GeoRing ring, const GeoBox& box) {
  const auto at_x = [](double x) {
    return [x](const GeoPoint& a, const GeoPoint& b) {
      return GeoPoint{x, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)};
    };
  };
  const auto at_y = [](double y) {
    return [y](const GeoPoint& a, const GeoPoint& b) {
      return GeoPoint{a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y};
    };
  };
  ring = Half(
      ring, [&](const GeoPoint& p) { return p.x >= box.min_x; }, at_x(box.min_x));
  ring = Half(
      ring, [&](const GeoPoint& p) { return p.x <= box.max_x; }, at_x(box.max_x));
  ring = Half(
      ring, [&](const GeoPoint& p) { return p.y >= box.min_y; }, at_y(box.min_y));
  return Half(
      ring, [&](const GeoPoint& p) { return p.y <= box.max_y; }, at_y(box.max_y));
}

// Each ring changed; those that are no area then are left out, with their holes.
template <class Change>
GeoShape Changed(const GeoShape& shape, const Change& change) {
  GeoShape changed;
  for (const GeoPolygon& polygon : shape) {
    GeoPolygon rings;
    for (const GeoRing& ring : polygon) {
      GeoRing made = change(ring);
      const bool area = made.size() >= kTriangle;
      if (!area && rings.empty()) break;
      if (area) rings.push_back(std::move(made));
    }
    if (!rings.empty()) changed.push_back(std::move(rings));
  }
  return changed;
}

// An array of a JSON text, turned into a vector by what makes its elements.
template <class Element, class Make>
bool EachElement(const io::JsonNode& array, std::vector<Element>* elements, const Make& make) {
  if (array.kind != io::JsonKind::kArray) return false;
  for (const io::JsonNode* node = array.first; node != nullptr; node = node->next) {
    if (!make(*node, &elements->emplace_back())) return false;
  }
  return true;
}

bool ReadPoint(const io::JsonNode& node, GeoPoint* point) {
  std::vector<double> numbers;
  const auto read = [](const io::JsonNode& each, double* number) {
    const auto parsed = each.kind == io::JsonKind::kNumber ? ParseNumber(each.text) : std::nullopt;
    if (parsed) *number = parsed->value;
    return parsed.has_value();
  };
  if (!EachElement(node, &numbers, read) || numbers.size() < 2) return false;
  *point = {numbers[0], numbers[1]};
  return true;
}
bool ReadRing(const io::JsonNode& node, GeoRing* ring) {
  return EachElement(node, ring, &ReadPoint) && ring->size() >= kTriangle;
}
bool ReadPolygon(const io::JsonNode& node, GeoPolygon* polygon) {
  return EachElement(node, polygon, &ReadRing) && !polygon->empty();
}

}  // namespace

absl::StatusOr<GeoBox> BindBox(const ast::CommandCall& call, plan::Binder& binder) {
  GeoBox box;
  const std::pair<std::string_view, double*> sides[] = {
      {"min_x", &box.min_x}, {"min_y", &box.min_y}, {"max_x", &box.max_x}, {"max_y", &box.max_y}};
  const ast::ArgumentOption* last = nullptr;
  for (const auto& [name, side] : sides) {
    SPELK_ASSIGN_OR_RETURN(const std::optional<double> given, binder.Decimal(call, name));
    if (!given) continue;
    const ast::ArgumentOption* option = binder.FindOption(call, name);
    const double most = name.ends_with('x') ? 180 : 90;
    if (std::abs(*given) > most)
      return binder.BadOption(*option, binder.TextOf(option->value->span));
    *side = *given;
    last = option;
  }
  if (last != nullptr && (box.min_x >= box.max_x || box.min_y >= box.max_y)) {
    return binder.Error(ErrorCode::kBadOptionValue, last->name.span,
                        "nothing lies between min_x, min_y and max_x, max_y");
  }
  return box;
}

io::GeoShape Simplified(const io::GeoShape& shape, double most) {
  if (!(most > 0) || shape.empty()) return shape;
  GeoShape simple =
      Changed(shape, [most](const GeoRing& ring) { return SimplifiedRing(ring, most); });
  if (!simple.empty()) return simple;
  return {
      *std::max_element(shape.begin(), shape.end(), [](const GeoPolygon& a, const GeoPolygon& b) {
        return a.front().size() < b.front().size();
      })};
}

io::GeoShape Clipped(const io::GeoShape& shape, const GeoBox& box) {
  if (box.is_whole()) return shape;
  return Changed(shape, [&box](const GeoRing& ring) { return ClippedRing(ring, box); });
}

std::string ToJson(const io::GeoShape& shape) {
  std::string json = R"({"type":"MultiPolygon","coordinates":[)";
  char buffer[kNumberText];
  const auto part = [&json](bool first) { json += first ? "[" : ",["; };
  for (const GeoPolygon& polygon : shape) {
    part(&polygon == &shape.front());
    for (const GeoRing& ring : polygon) {
      part(&ring == &polygon.front());
      for (const GeoPoint& point : ring) {
        part(&point == &ring.front());
        json += FormatDouble(point.x, buffer);
        json += ',';
        json += FormatDouble(point.y, buffer);
        json += ']';
      }
      json += ']';
    }
    json += ']';
  }
  return json += "]}";
}

std::optional<io::GeoShape> FromJson(std::string_view text, Arena& arena) {
  const io::JsonNode* json = io::ParseJson(text, arena);
  if (json == nullptr) return std::nullopt;
  const io::JsonNode* type = io::FindMember(*json, "type");
  const io::JsonNode* coordinates = io::FindMember(*json, "coordinates");
  if (type == nullptr || coordinates == nullptr) return std::nullopt;
  GeoShape shape;
  if (type->text == "Polygon") {
    if (!ReadPolygon(*coordinates, &shape.emplace_back())) return std::nullopt;
    return shape;
  }
  if (type->text != "MultiPolygon" || !EachElement(*coordinates, &shape, &ReadPolygon)) {
    return std::nullopt;
  }
  return shape;
}

}  // namespace spelk::commands
