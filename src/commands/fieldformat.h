// What fieldformat says of how values are shown.
#pragma once

#include <vector>

#include "plan/nodes.h"

namespace spelk::commands {

// Where the search has it, rows pass unchanged: whoever shows them as a table computes the texts
// from the rows at the end of the search.
struct FieldFormatNode final : plan::Node {
  static constexpr std::string_view kName = "fieldformat";
  std::vector<plan::NamedExpr> formats;
  bool applies = false;  // At the end: the texts take the place of the values.

  plan::Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("formats", formats);
    visit("applies", applies);
  }
};

// A node, without an input yet, for the end of the plan: what each field that is still there is
// shown as. Null if the plan says nothing of that.
plan::NodePtr FormatsOf(const plan::Node& plan);

}  // namespace spelk::commands
