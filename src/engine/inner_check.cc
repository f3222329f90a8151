// Trials: the same search with different values is wrong where each of them is.
#include "engine/inner_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "plan/node_facets.h"

namespace spelk::engine {
namespace {

// Of a name, which the message says: not of the value that stands with it.
bool IsOfName(ErrorCode code) {
  return code == ErrorCode::kUnknownCommand || code == ErrorCode::kUnknownFunction ||
         code == ErrorCode::kUnknownOption || code == ErrorCode::kUnknownMacro;
}

class InnerChecker {
 public:
  InnerChecker(const Core& core, const CompileOptions& options, FieldTable* fields)
      : core_(core), fields_(fields) {
    options_.tables = options.tables;
  }

  // A saved search may run itself.
  std::vector<Diagnostic> Check(const plan::Node& plan, size_t depth) {
    constexpr size_t kMostNested = 5;
    std::vector<Diagnostic> found;
    if (depth == kMostNested) return found;
    plan::ForEachNode(plan, [&](const plan::Node& node) {
      const auto* runs = dynamic_cast<const plan::RunsSearchOfRow*>(&node);
      if (runs != nullptr) CheckNode(node, *runs, depth, &found);
    });
    plan::ForEachHeldPlan(plan, [&](const plan::Node& held, plan::Held) {
      for (Diagnostic& each : Check(held, depth)) found.push_back(std::move(each));
    });
    return found;
  }

 private:
  struct Trial {
    plan::FilledText text;
    std::vector<Diagnostic> found;  // Their places are those in the search around.
    std::vector<bool> of_value;     // Whether a value stands there.
  };

  void CheckNode(const plan::Node& node, const plan::RunsSearchOfRow& runs, size_t depth,
                 std::vector<Diagnostic>* found) {
    std::vector<Trial> trials;
    for (const char* value : {"1", "x_1"}) {
      std::optional<plan::FilledText> text =
          runs.SearchFor([value](Field) { return std::string(value); });
      if (!text) return;
      trials.push_back(Try(*std::move(text), depth));
      if (trials.back().found.empty()) return;
    }
    const Trial& first = trials.front();
    for (size_t i = 0; i < first.found.size(); ++i) {
      const Diagnostic& each = first.found[i];
      if (first.of_value[i] && !IsOfName(each.code)) continue;
      const bool always = std::all_of(trials.begin() + 1, trials.end(), [&](const Trial& trial) {
        return std::any_of(trial.found.begin(), trial.found.end(), [&](const Diagnostic& same) {
          return same.code == each.code && same.severity == each.severity &&
                 same.message == each.message && same.span == each.span;
        });
      });
      if (!always) continue;
      found->push_back(each);
      found->back().notes.push_back(fmt::format("in the search that {} runs", node.label()));
    }
  }

  Trial Try(plan::FilledText text, size_t depth) {
    Trial trial;
    Compilation compiled;
    // What is told, is told of a place; the rest stops the run.
    CompileAlone(core_, text.text(), options_, &compiled, fields_).IgnoreError();
    std::vector<Diagnostic> all = compiled.diagnostics.all();
    for (Diagnostic& each : all) each.span = compiled.source->Written(each.span);
    if (compiled.plan != nullptr) {
      for (Diagnostic& each : Check(*compiled.plan, depth + 1)) {
        each.span = compiled.source->Written(each.span);
        all.push_back(std::move(each));
      }
    }
    for (Diagnostic& each : all) {
      trial.of_value.push_back(text.HoldsValue(each.span));
      each.span = text.Written(each.span);
      trial.found.push_back(std::move(each));
    }
    return trial;
  }

  const Core& core_;
  CompileOptions options_;
  FieldTable* fields_;
};

}  // namespace

absl::Status CheckInnerSearches(const Core& core, const CompileOptions& options,
                                Compilation* compilation, FieldTable* fields) {
  absl::Status first;
  Diagnostics& diagnostics = compilation->diagnostics;
  for (Diagnostic& each : InnerChecker(core, options, fields).Check(*compilation->plan, 0)) {
    if (each.severity == Severity::kWarning) {
      diagnostics.Warn(each.code, each.span, std::move(each.message), std::move(each.notes));
    } else {
      first.Update(
          diagnostics.Error(each.code, each.span, std::move(each.message), std::move(each.notes)));
    }
  }
  return first;
}

}  // namespace spelk::engine
