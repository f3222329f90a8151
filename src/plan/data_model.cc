// Finding data sets of a data model.
#include "plan/data_model.h"

#include <algorithm>

namespace spelk::plan {

const Dataset* DataModel::Find(std::string_view dataset) const {
  const auto found = std::find_if(datasets.begin(), datasets.end(), [dataset](const Dataset& each) {
    return each.name == dataset || each.lineage == dataset;
  });
  return found == datasets.end() ? nullptr : &*found;
}

std::vector<const Dataset*> DataModel::Roots() const {
  std::vector<const Dataset*> roots;
  for (const Dataset& each : datasets) {
    if (each.parent == Dataset::kNone) roots.push_back(&each);
  }
  return roots;
}

std::vector<const Dataset*> DataModel::PathTo(const Dataset& dataset) const {
  std::vector<const Dataset*> path = {&dataset};
  while (path.back()->parent != Dataset::kNone) path.push_back(&datasets[path.back()->parent]);
  std::reverse(path.begin(), path.end());
  return path;
}

bool DataModel::IsWithin(const Dataset& dataset, const Dataset& above) const {
  const std::vector<const Dataset*> path = PathTo(dataset);
  return std::find(path.begin(), path.end(), &above) != path.end();
}

}  // namespace spelk::plan
