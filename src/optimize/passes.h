// The passes of the optimizer; see optimizer.cc for their order.
#pragma once

#include "optimize/optimizer.h"

namespace spelk::optimize {

// What is read after the root: the line of events with what was made of them, the known columns,
// or everything.
plan::FieldSet NeedsOfResult(const plan::Node& root, const OptimizeContext& context);
// a=1 OR a=2 OR a IN (3, 4) as one set; what is always true or false leaves AND and OR.
void SimplifyExpression(plan::ExprPtr* expr);
// The fields that a condition reads and that knowledge must make: without the event types and tags
// of which InlineClasses left only the event's own to be asked.
void CollectMadeFields(const plan::Expr& expr, plan::FieldSet* fields);
// What is read after the source of the root's chain.
plan::FieldSet NeedsOfSource(const plan::Node& root, const OptimizeContext& context);

// Optional. Each keeps rows, their order, their fields and the order of these.
absl::Status FoldConstants(plan::NodePtr* root, const OptimizeContext& context);
absl::Status Simplify(plan::NodePtr* root, const OptimizeContext& context);
absl::Status PushDownPredicates(plan::NodePtr* root, const OptimizeContext& context);
absl::Status TopK(plan::NodePtr* root, const OptimizeContext& context);
absl::Status NarrowScan(plan::NodePtr* root, const OptimizeContext& context);
absl::Status MaterializeLate(plan::NodePtr* root, const OptimizeContext& context);
absl::Status DerivePrefilter(plan::NodePtr* root, const OptimizeContext& context);
absl::Status RequireMembers(plan::NodePtr* root, const OptimizeContext& context);
absl::Status StopEarly(plan::NodePtr* root, const OptimizeContext& context);
absl::Status InlineClasses(plan::NodePtr* root, const OptimizeContext& context);
absl::Status DropUnread(plan::NodePtr* root, const OptimizeContext& context);

// Always done.
absl::Status NumberRows(plan::NodePtr* root, const OptimizeContext& context);
// Where columns are not known one by one, a field that events lack and that commands only read is
// none of them.
absl::Status StripImplicit(plan::NodePtr* root, const OptimizeContext& context);
absl::Status AssignFields(plan::NodePtr* root, const OptimizeContext& context);
absl::Status InlineKnowledge(plan::NodePtr* root, const OptimizeContext& context);
absl::StatusOr<OrderReport> ProvideOrder(plan::NodePtr* root, const OptimizeContext& context);
absl::Status Verify(const plan::Node& root);

}  // namespace spelk::optimize
