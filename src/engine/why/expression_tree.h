// ExpressionTree: what each part of a condition gave for one row.
#pragma once

#include <functional>
#include <vector>

#include "engine/why/field_profile.h"
#include "engine/why/trials.h"
#include "plan/nodes.h"
#include "spelk/why.h"

namespace spelk::engine {

// Gives the rows, as fields under their own text, what the operands of the conditions compute.
plan::NodePtr WithComputed(plan::NodePtr input, const std::vector<const plan::Expr*>& conditions,
                           FieldTable& fields);

class ExpressionTree {
 public:
  // Adds a trial for each part that is true or false; `count` makes one of a condition.
  void Plan(const plan::Expr& predicate, const std::function<size_t(const plan::Expr&)>& count);
  // Afterwards: the parts, those that failed marked. `rows` have what was computed.
  std::vector<WhyOperand> Take(const Trials& trials, const FieldProfile& rows) const;

 private:
  struct Part {
    const plan::Expr* expr = nullptr;
    size_t depth = 0;
    size_t trial = SIZE_MAX;
    size_t end = 0;  // Of its parts among all parts.
  };
  void Mark(const std::vector<Part>& parts, size_t part, bool wanted,
            std::vector<WhyOperand>* operands) const;

  std::vector<Part> parts_;
};

}  // namespace spelk::engine
