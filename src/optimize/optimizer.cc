// The order of the passes.
#include "optimize/optimizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"
#include "optimize/passes.h"

namespace spelk::optimize {
namespace {

struct Pass {
  PassInfo info;
  absl::Status (*run)(plan::NodePtr*, const OptimizeContext&);
  bool optional = true;
};

absl::Status OrderPass(plan::NodePtr* root, const OptimizeContext& context) {
  return ProvideOrder(root, context).status();
}

// Rows are numbered before filters move, which must not change how they are counted. Order is
// provided after filters have moved (they do not mind) and before fields are assigned
// (newest-first order reads the time). Only then is it known what is read after the scan.
const std::vector<Pass>& AllPasses() {
  static const std::vector<Pass> kPasses = {
      {{"ordinality", ""}, &NumberRows, false},
      {{"constant-folding", "computes what depends on no event once, before the run"},
       &FoldConstants},
      {{"simplify", "turns OR lists over one field into sets and drops what is always true"},
       &Simplify},
      {{"predicate-pushdown", "moves filters below what they do not depend on, into the scan"},
       &PushDownPredicates},
      {{"unread-fields", "does not compute fields that nobody reads"}, &DropUnread},
      {{"top-k", "keeps only the rows that a limit behind a sort lets through"}, &TopK},
      {{"order", ""}, &OrderPass, false},
      {{"early-stop", "stops reading when a limit over rows in order is reached"}, &StopEarly},
      {{"strip-implicit", ""}, &StripImplicit, false},
      {{"assign-fields", ""}, &AssignFields, false},
      {{"projection", "reads only the fields that somebody needs"}, &NarrowScan},
      {{"event-classes", "asks what makes an event type or a tag instead of making them"},
       &InlineClasses},
      {{"knowledge", ""}, &InlineKnowledge, false},
      {{"late-materialization", "reads fields that decide nothing only for events that stay"},
       &MaterializeLate},
      {{"prefilter", "skips lines whose text cannot match, before they are parsed"},
       &DerivePrefilter},
      {{"presence", "skips lines without a member whose absence would leave no trace of them"},
       &RequireMembers},
  };
  return kPasses;
}

}  // namespace

const std::vector<PassInfo>& Passes() {
  static const std::vector<PassInfo> kInfos = [] {
    std::vector<PassInfo> infos;
    for (const Pass& pass : AllPasses()) {
      if (pass.optional) infos.push_back(pass.info);
    }
    return infos;
  }();
  return kInfos;
}

namespace {

// The streams that a plan unites are plans of their own, of which is read what is read after they
// unite; bodies are plans over all that their holder has.
absl::Status OptimizeParts(plan::Node& root, const OptimizeContext& context) {
  absl::Status status;
  const auto optimize = [&](plan::NodePtr* part, plan::FieldSet needs, const FeedFacts& feed) {
    OptimizeContext own = context;
    own.needs = std::move(needs);
    own.feed = &feed;
    status.Update(Optimize(part, own).status());
  };
  FeedFacts unordered = *context.feed;  // What follows puts the rows in order.
  unordered.always_ordered = false;
  plan::Node* source = plan::ChainOf(root).front();
  plan::FieldSet needs = source->streams.empty() ? plan::FieldSet() : NeedsOfSource(root, context);
  if (context.feed->newest_first) needs.Add(hidden::kTime);
  for (plan::NodePtr& stream : source->streams) optimize(&stream, needs, unordered);
  for (plan::Node* node : plan::ChainOf(root)) {
    if (node->body != nullptr) optimize(&node->body, plan::FieldSet::All(), *context.feed);
  }
  return status;
}

}  // namespace

absl::StatusOr<OrderReport> Optimize(plan::NodePtr* root, const OptimizeContext& context) {
  SPELK_RETURN_IF_ERROR(Verify(**root));
  OrderReport report;
  for (const Pass& pass : AllPasses()) {
    const auto& disabled = context.disabled;
    if (pass.optional &&
        std::find(disabled.begin(), disabled.end(), pass.info.name) != disabled.end()) {
      continue;
    }
    if (pass.run == &OrderPass) {
      SPELK_ASSIGN_OR_RETURN(report, ProvideOrder(root, context));
    } else {
      SPELK_RETURN_IF_ERROR(pass.run(root, context));
    }
    if (absl::Status status = Verify(**root); !status.ok()) {
      return absl::InternalError(fmt::format("after {}: {}", pass.info.name, MessageOf(status)));
    }
  }
  SPELK_RETURN_IF_ERROR(OptimizeParts(**root, context));
  return report;
}

}  // namespace spelk::optimize
