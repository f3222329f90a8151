// What iplocation does; a run says which database it has.
#pragma once

#include <string>
#include <vector>

#include "plan/node.h"

namespace spelk::commands {

struct IpLocationNode final : plan::Node {
  static constexpr std::string_view kName = "iplocation";
  Field address;
  std::string language;
  std::vector<Field> outputs;  // City, Country, Region, lat, lon; with allfields three more.
  std::string database;        // Of the run (RunOptions::geo_database); empty: none.

  plan::Dataflow GetDataflow() const override;
  bool WellFormed(const plan::Registry& entries) const;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", address);
    visit("lang", language);
    visit("outputs", outputs);
    visit("database", database);
  }
};

}  // namespace spelk::commands
