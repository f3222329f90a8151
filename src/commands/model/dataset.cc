// Data models and data sets by name, and what to say where there is none.
#include "commands/model/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/saved_searches.h"
#include "syntax/unescape.h"
#include "value/ascii.h"

namespace spelk::commands {

std::string BoundDataset::Label() const {
  return fmt::format("data set {}.{}", model->name, dataset->lineage);
}

absl::StatusOr<plan::DataModelPtr> FindModel(std::string_view name, Span span,
                                             plan::Binder& binder) {
  const plan::DataModels* models = binder.services().models;
  std::vector<std::string> notes;
  if (models != nullptr) {
    absl::StatusOr<plan::DataModelPtr> found = models->FindModel(name);
    if (!found.ok()) {
      return binder.Error(
          plan::kUnknownModel, span,
          fmt::format("the data model '{}' cannot be read: {}", name, MessageOf(found.status())));
    }
    if (*found != nullptr) return found;
    const std::vector<std::string> names = models->ModelNames();
    notes = plan::DidYouMean(plan::NearestNames(name, {names.begin(), names.end()}));
  }
  notes.emplace_back(
      "`| datamodel` lists the data models: those of --app and, without --no-builtin, spelk's own");
  return binder.Error(plan::kUnknownModel, span,
                      fmt::format("the data model '{}' was not found", name), std::move(notes));
}

absl::StatusOr<BoundDataset> FindDataset(const plan::DataModelPtr& model, std::string_view dataset,
                                         Span span, plan::Binder& binder) {
  if (const plan::Dataset* found = model->Find(dataset)) return BoundDataset{model, found};
  std::vector<std::string_view> names;
  for (const plan::Dataset& each : model->datasets) names.push_back(each.name);
  std::vector<std::string> notes = plan::DidYouMean(plan::NearestNames(dataset, names));
  notes.push_back(fmt::format("its data sets are {}", fmt::join(names, ", ")));
  return binder.Error(
      plan::kUnknownModel, span,
      fmt::format("the data set '{}' of the data model '{}' was not found", dataset, model->name),
      std::move(notes));
}

std::string RootOfNode(const plan::Expr* terms) {
  if (terms == nullptr) return {};
  if (terms->kind == plan::ExprKind::kAnd) {
    for (const plan::ExprPtr& each : terms->arguments) {
      std::string root = RootOfNode(each.get());
      if (!root.empty()) return root;
    }
  }
  const bool node = terms->kind == plan::ExprKind::kMatch && terms->op == CompareOp::kEqual &&
                    terms->field.name() == kNodeName && terms->patterns.size() == 1;
  if (!node) return {};
  const std::string& name = terms->patterns.front().text;
  return name.find('*') == std::string::npos ? name.substr(0, name.find('.')) : std::string();
}

absl::StatusOr<BoundDataset> FindDatasetByPath(std::string_view path, Span span,
                                               plan::Binder& binder, std::string_view preferred) {
  const size_t dot = path.find('.');
  SPELK_ASSIGN_OR_RETURN(const plan::DataModelPtr model,
                         FindModel(path.substr(0, dot), span, binder));
  if (dot != std::string_view::npos) {
    return FindDataset(model, path.substr(dot + 1), span, binder);
  }
  // Beside the root of events others may stand, which are searches.
  const std::vector<const plan::Dataset*> roots = model->Roots();
  const auto of_events = [](const plan::Dataset* root) {
    return root->kind == plan::Dataset::Kind::kEvents;
  };
  const auto first = std::find_if(roots.begin(), roots.end(), of_events);
  const auto events = std::count_if(roots.begin(), roots.end(), of_events);
  if (roots.size() == 1) return BoundDataset{model, roots.front()};
  const auto named = std::find_if(roots.begin(), roots.end(), [&](const plan::Dataset* each) {
    return each->name == preferred;
  });
  if (named != roots.end()) return BoundDataset{model, *named};
  if (events == 1) return BoundDataset{model, *first};
  std::vector<std::string> names;
  for (const plan::Dataset* root : roots) {
    names.push_back(fmt::format("{}.{}", model->name, root->name));
  }
  return binder.Error(
      plan::kUnknownModel, span,
      fmt::format("the data model '{}' has no single root data set", model->name),
      {names.empty() ? "it has no data sets" : fmt::format("write {}", fmt::join(names, ", "))});
}

absl::StatusOr<plan::NodePtr> EventsOf(const BoundDataset& bound, const plan::DatasetSearch& search,
                                       plan::DatasetNames names, std::string_view more, Span span,
                                       plan::Binder& binder) {
  const std::string typed = search.Text(names) + std::string(more);
  const absl::StatusOr<std::string> text = binder.services().models->ExpandMacros(typed);
  if (!text.ok()) {
    return binder.Error(ErrorCode::kUnknownMacro, span,
                        fmt::format("{}: {}", bound.Label(), MessageOf(text.status())));
  }
  return binder.SearchIn(*text, span, bound.Label());
}

// ---------------------------------------------------------------- datasets of all kinds

namespace {

constexpr std::string_view kKinds[] = {"datamodel", "lookup", "savedsearch"};

std::string DatasetKind(std::string_view word) {
  for (const std::string_view kind : kKinds) {
    if (EqualsIgnoringCase(word, kind)) return std::string(kind);
  }
  return "";
}

absl::StatusOr<plan::NodePtr> BindSavedSearch(const NamedRows& named, plan::Binder& binder) {
  const plan::SavedSearches* saved = binder.services().saved_searches;
  const std::optional<std::string> text =
      saved == nullptr ? std::nullopt : saved->FindSearch(named.name);
  if (!text) {
    const std::vector<std::string> names =
        saved == nullptr ? std::vector<std::string>() : saved->SearchNames();
    std::vector<std::string> notes =
        plan::DidYouMean(plan::NearestNames(named.name, {names.begin(), names.end()}));
    notes.emplace_back("saved searches come from the savedsearches.conf of --app");
    return binder.Error(plan::kUnknownSavedSearch, named.span,
                        fmt::format("the saved search '{}' was not found", named.name),
                        std::move(notes));
  }
  const std::string label = fmt::format("saved search {}", named.name);
  const absl::StatusOr<std::string> expanded = binder.services().models->ExpandMacros(*text);
  if (!expanded.ok()) {
    return binder.Error(ErrorCode::kUnknownMacro, named.span,
                        fmt::format("{}: {}", label, MessageOf(expanded.status())));
  }
  return binder.SearchIn(*expanded, named.span, label);
}

const ast::Name* WordAt(const std::vector<const ast::Argument*>& arguments, size_t at) {
  if (at >= arguments.size() || arguments[at]->alias) return nullptr;
  return std::get_if<ast::Name>(&arguments[at]->value);
}

}  // namespace

absl::StatusOr<std::optional<NamedRows>> ReadNamedRows(
    const std::vector<const ast::Argument*>& arguments, bool blank, size_t* at,
    plan::Binder& binder) {
  const ast::Name* first = WordAt(arguments, *at);
  if (first == nullptr) return std::nullopt;
  const size_t colon = first->text.find(':');
  NamedRows rows;
  rows.kind = first->quoted && colon == std::string::npos
                  ? ""
                  : DatasetKind(std::string_view(first->text).substr(0, colon));
  // So the page of join calls it.
  if (colon != std::string::npos && first->text.starts_with("inputlookup:")) rows.kind = "lookup";
  rows.span = arguments[*at]->span;
  if (rows.kind.empty() || (colon == std::string::npos && !blank)) return std::nullopt;
  ++*at;
  if (colon != std::string::npos) rows.name = first->text.substr(colon + 1);
  if (rows.name.empty()) {
    const ast::Name* name = WordAt(arguments, *at);
    if (name == nullptr || name->text.empty()) {
      return binder.Error(ErrorCode::kMissingArgument, rows.span,
                          fmt::format("the name of the {} is missing", rows.kind),
                          {fmt::format("write {}:\"NAME\"", rows.kind)});
    }
    rows.name = name->text;
    rows.span = Cover(rows.span, arguments[(*at)++]->span);
  }
  return rows;
}

absl::StatusOr<plan::NodePtr> BindNamedRows(const NamedRows& named, plan::Binder& binder) {
  if (named.kind == "lookup") {
    return binder.SearchIn(fmt::format("| inputlookup {}", syntax::Quote(named.name)), named.span,
                           fmt::format("lookup:{}", named.name));
  }
  if (named.kind == "savedsearch") {
    return BindSavedSearch(named, binder);
  }
  SPELK_ASSIGN_OR_RETURN(const BoundDataset bound,
                         FindDatasetByPath(named.name, named.span, binder));
  const plan::DatasetSearch search(*bound.model, *bound.dataset);
  return EventsOf(bound, search, plan::DatasetNames::kBare, "", named.span, binder);
}

}  // namespace spelk::commands
