// The tree is walked without recursion: its depth is the document's.
#include "io/kml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/status.h"
#include "io/xml_document.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::io {
namespace {

// Without the prefix of a namespace.
std::string_view NameOf(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
}

// Calls take(node) for all nodes below `root`; what it returns false for is not entered.
template <class Take>
void EachBelow(const pugi::xml_node& root, const Take& take) {
  pugi::xml_node node = root.first_child();
  while (node) {
    const bool enters = take(node);
    if (enters && node.first_child()) {
      node = node.first_child();
      continue;
    }
    while (node && node != root && !node.next_sibling()) node = node.parent();
    if (!node || node == root) return;
    node = node.next_sibling();
  }
}

pugi::xml_node ChildOf(const pugi::xml_node& node, std::string_view name) {
  for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling()) {
    if (NameOf(child) == name) return child;
  }
  return {};
}

// One step of a path: name or name[@attribute='value'].
struct Step {
  std::string name;
  std::string attribute;
  std::string value;
};

std::optional<std::vector<Step>> ParsePath(std::string_view path) {
  std::vector<Step> steps;
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty()) {
    const size_t bracket = path.find('[');
    size_t end = std::min(path.find('/'), path.size());
    Step step;
    if (bracket < end) {
      const size_t close = path.find(']', bracket);
      if (close == std::string_view::npos) return std::nullopt;
      std::string_view condition = path.substr(bracket + 1, close - bracket - 1);
      const size_t equals = condition.find('=');
      if (!condition.starts_with('@') || equals == std::string_view::npos) return std::nullopt;
      step.attribute = condition.substr(1, equals - 1);
      condition.remove_prefix(equals + 1);
      const char quote = condition.empty() ? ' ' : condition.front();
      if ((quote != '\'' && quote != '"') || condition.size() < 2 || condition.back() != quote) {
        return std::nullopt;
      }
      step.value = condition.substr(1, condition.size() - 2);
      end = close + 1;
      if (end < path.size() && path[end] != '/') return std::nullopt;
    }
    step.name = path.substr(0, std::min(bracket, end));
    if (step.name.empty() || step.name.find_first_of("@*.()| ") != std::string::npos) {
      return std::nullopt;
    }
    steps.push_back(std::move(step));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (!steps.empty() && steps.front().name == "Placemark") steps.erase(steps.begin());
  return steps.empty() ? std::nullopt : std::optional(steps);
}

std::string IdOf(const pugi::xml_node& placemark, const std::vector<Step>& path) {
  pugi::xml_node node = placemark;
  for (const Step& step : path) {
    pugi::xml_node next;
    for (pugi::xml_node child = node.first_child(); child && !next; child = child.next_sibling()) {
      const bool fits =
          step.attribute.empty() || step.value == child.attribute(step.attribute.c_str()).value();
      if (NameOf(child) == step.name && fits) next = child;
    }
    if (!next) return {};
    node = next;
  }
  std::string_view id = node.child_value();
  while (!id.empty() && static_cast<unsigned char>(id.front()) <= ' ') id.remove_prefix(1);
  while (!id.empty() && static_cast<unsigned char>(id.back()) <= ' ') id.remove_suffix(1);
  return std::string(id);
}

// "x,y[,z] x,y …"; points that are no numbers are left out.
GeoRing RingOf(const pugi::xml_node& boundary) {
  GeoRing ring;
  std::string_view text = ChildOf(ChildOf(boundary, "LinearRing"), "coordinates").child_value();
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(kBlanks), text.size());
    const std::string_view point = text.substr(0, end);
    text.remove_prefix(end);
    const size_t comma = point.find(',');
    if (comma == std::string_view::npos) continue;
    const size_t second = std::min(point.find(',', comma + 1), point.size());
    const std::optional<Number> x = ParseNumber(point.substr(0, comma));
    const std::optional<Number> y = ParseNumber(point.substr(comma + 1, second - comma - 1));
    if (!x || !y || !std::isfinite(x->value) || !std::isfinite(y->value)) continue;
    ring.push_back({x->value, y->value});
  }
  if (!ring.empty() && ring.back() != ring.front()) ring.push_back(ring.front());
  constexpr size_t kTriangle = 4;
  return ring.size() < kTriangle ? GeoRing() : ring;
}

GeoShape ShapeOf(const pugi::xml_node& placemark) {
  GeoShape shape;
  EachBelow(placemark, [&](const pugi::xml_node& node) {
    if (NameOf(node) != "Polygon") return true;
    GeoPolygon polygon;
    GeoRing outline = RingOf(ChildOf(node, "outerBoundaryIs"));
    if (outline.empty()) return false;
    polygon.push_back(std::move(outline));
    for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling()) {
      if (NameOf(child) != "innerBoundaryIs") continue;
      GeoRing hole = RingOf(child);
      if (!hole.empty()) polygon.push_back(std::move(hole));
    }
    shape.push_back(std::move(polygon));
    return false;
  });
  return shape;
}

}  // namespace

absl::StatusOr<std::vector<KmlFeature>> ReadKml(std::string_view text, std::string_view id_path,
                                                Reservation* kept) {
  const std::optional<std::vector<Step>> path = ParsePath(id_path);
  if (!path) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" is no path to an id such as /Placemark/name", id_path));
  }
  XmlDocument document(kept->budget());
  if (!document.Reserve(text)) {
    return kept->budget()->Exhausted("a KML document", document.BytesFor(text));
  }
  if (!document.Parse(text)) return absl::InvalidArgumentError("it is no KML document");
  // A point takes three characters at least.
  if (!kept->Grow(text.size() / 3 * sizeof(GeoPoint) * 2)) {
    return kept->budget()->Exhausted("a KML document", text.size() * sizeof(GeoPoint));
  }
  std::vector<KmlFeature> features;
  EachBelow(document.root(), [&](const pugi::xml_node& node) {
    if (NameOf(node) != "Placemark") return true;
    KmlFeature feature{IdOf(node, *path), ShapeOf(node)};
    if (!feature.id.empty() && !feature.shape.empty()) features.push_back(std::move(feature));
    return false;
  });
  return features;
}

}  // namespace spelk::io
