// What the commands over data models share: finding models and data sets by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/entry.h"
#include "plan/bind/dataset_search.h"
#include "plan/data_model.h"

namespace spelk::commands {

struct BoundDataset {
  plan::DataModelPtr model;  // Keeps the data set.
  const plan::Dataset* dataset = nullptr;

  // "data set Endpoint.Processes", for messages.
  std::string Label() const;
};

// The model of that name; an error at the place if there is none, or none that can be read.
absl::StatusOr<plan::DataModelPtr> FindModel(std::string_view name, Span span,
                                             plan::Binder& binder);
// A data set of it, by its name or its lineage.
absl::StatusOr<BoundDataset> FindDataset(const plan::DataModelPtr& model, std::string_view dataset,
                                         Span span, plan::Binder& binder);
// The field that tells the data set of an event.
inline constexpr std::string_view kNodeName = "nodename";
// The root to which the node belongs that terms ask for by `nodename=`; empty if none is asked for.
std::string RootOfNode(const plan::Expr* terms);
// MODEL, which must have one root, or one root of events, then, or the preferred one; or
// MODEL.DATASET.
absl::StatusOr<BoundDataset> FindDatasetByPath(std::string_view path, Span span,
                                               plan::Binder& binder,
                                               std::string_view preferred = {});
// The events of a data set; `more` are commands after its search, with their pipes.
absl::StatusOr<plan::NodePtr> EventsOf(const BoundDataset& bound, const plan::DatasetSearch& search,
                                       plan::DatasetNames names, std::string_view more, Span span,
                                       plan::Binder& binder);

// What `from` reads, and union and join as datasets by name.
struct NamedRows {
  std::string kind;  // datamodel, lookup or savedsearch.
  std::string name;
  Span span;
};
// Out of arguments from `*at` on, which then is after them: `lookup:x`, `datamodel:"M.D"`,
// `savedsearch "x"`. Nothing for words that name no dataset.
absl::StatusOr<std::optional<NamedRows>> ReadNamedRows(
    const std::vector<const ast::Argument*>& arguments, bool blank, size_t* at,
    plan::Binder& binder);
absl::StatusOr<plan::NodePtr> BindNamedRows(const NamedRows& named, plan::Binder& binder);

}  // namespace spelk::commands
