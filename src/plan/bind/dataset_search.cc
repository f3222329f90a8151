// Writing the search of a data set: what is in it, what it computes, how its fields are named.
#include "plan/bind/dataset_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "syntax/unescape.h"

namespace spelk::plan {
namespace {

using syntax::Quote;
using syntax::QuoteField;

constexpr std::array<std::string_view, 10> kEventFields = {
    "_time",         "host", "source",     "sourcetype", "index",
    "splunk_server", "_raw", "_indextime", "punct",      "nodename"};

template <class List, class Item>
bool Contains(const List& list, const Item& item) {
  return std::find(std::begin(list), std::end(list), item) != std::end(list);
}

bool Declares(const Dataset& dataset, std::string_view name) {
  const auto is_it = [&](const ModelField& field) { return field.name == name && !field.of_event; };
  if (std::any_of(dataset.fields.begin(), dataset.fields.end(), is_it)) return true;
  for (const ModelCalculation& calculation : dataset.calculations) {
    for (const ModelCalculation::Output& output : calculation.outputs) {
      if (is_it(output.field)) return true;
    }
  }
  return false;
}

// Its own fields, each once.
std::vector<std::string> FieldsOf(const Dataset& dataset) {
  std::vector<std::string> names;
  const auto add = [&](const ModelField& field) {
    if (!field.of_event && !Contains(names, field.name)) names.push_back(field.name);
  };
  for (const ModelField& field : dataset.fields) add(field);
  for (const ModelCalculation& calculation : dataset.calculations) {
    for (const ModelCalculation::Output& output : calculation.outputs) add(output.field);
  }
  return names;
}

// The words of an expression, some of which are fields.
void AddWords(std::string_view text, std::vector<std::string>* words) {
  const auto is_word = [](char c) {
    return c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  };
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > begin) {
      // Words with dots may be names, or names that are joined by the operator.
      std::string_view word = text.substr(begin, end - begin);
      if (!Contains(*words, word)) words->emplace_back(word);
      for (size_t dot; (dot = word.find('.')) != std::string_view::npos;) {
        if (!Contains(*words, word.substr(0, dot))) words->emplace_back(word.substr(0, dot));
        word.remove_prefix(dot + 1);
        if (!Contains(*words, word)) words->emplace_back(word);
      }
    }
    begin = end + 1;
  }
}

// The fields in single quotes, which may hold anything.
void AddQuoted(std::string_view text, std::vector<std::string>* words) {
  for (size_t at = 0; (at = text.find('\'', at)) != std::string_view::npos;) {
    const size_t end = text.find('\'', at + 1);
    if (end == std::string_view::npos) return;
    words->emplace_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
}

void AddInputs(const ModelCalculation& calculation, std::vector<std::string>* words) {
  if (calculation.kind == ModelCalculation::Kind::kEval) {
    AddWords(calculation.expression, words);
    AddQuoted(calculation.expression, words);
  }
  if (!calculation.input.empty()) words->push_back(calculation.input);
  for (const auto& [column, field] : calculation.inputs) words->push_back(field);
}

bool Makes(const ModelCalculation& calculation, const std::vector<std::string>& needed) {
  return std::any_of(calculation.outputs.begin(), calculation.outputs.end(),
                     [&](const auto& output) { return Contains(needed, output.field.name); });
}

// What stands before the first pipe of a search.
std::string_view FirstTerms(std::string_view search) {
  bool quoted = false;
  for (size_t i = 0; i < search.size(); ++i) {
    if (search[i] == '\\')
      ++i;
    else if (search[i] == '"')
      quoted = !quoted;
    else if (search[i] == '|' && !quoted)
      return search.substr(0, i);
  }
  return search;
}

std::string LookupText(const ModelCalculation& calculation) {
  std::string text = fmt::format(" | lookup {}", Quote(calculation.lookup));
  for (const auto& [column, field] : calculation.inputs) {
    text += fmt::format(" {} AS {}", Quote(column), Quote(field));
  }
  text += " OUTPUT";
  for (const ModelCalculation::Output& output : calculation.outputs) {
    const std::string& column = output.column.empty() ? output.field.name : output.column;
    text += fmt::format(" {} AS {}", Quote(column), Quote(output.field.name));
  }
  return text;
}

}  // namespace

bool DatasetSearch::OnPath(const Dataset& dataset) const { return Contains(path_, &dataset); }

std::string DatasetSearch::FlagOf(const Dataset& dataset) const {
  const std::string name = fmt::format("is_{}", dataset.name);
  if (dataset.parent == Dataset::kNone) return fmt::format("{}.{}", dataset.name, name);
  return fmt::format("{}.{}", model_.datasets[dataset.parent].lineage, name);
}

// ---------------------------------------------------------------- names

DatasetField DatasetSearch::Resolve(std::string_view name) const {
  DatasetField found;
  found.name = name;
  if (Contains(kEventFields, name)) {
    found.kind = DatasetField::Kind::kEvent;
    return found;
  }
  for (const Dataset& each : model_.datasets) {
    if (!model_.IsWithin(each, *path_.front())) continue;
    const std::string prefix = each.lineage + ".";
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = name.substr(prefix.size());
    if (Declares(each, rest)) return {DatasetField::Kind::kField, &each, std::string(rest), false};
    const bool negated = rest.starts_with("is_not_");
    if (!rest.starts_with("is_")) continue;
    const Dataset* flag = model_.Find(rest.substr(negated ? 7 : 3));
    if (flag == nullptr || !model_.IsWithin(*flag, each)) continue;
    found = {DatasetField::Kind::kFlag, flag, std::string(rest), negated};
  }
  return found;
}

std::vector<std::string> DatasetSearch::Names() const {
  std::vector<std::string> names;
  const auto add = [&](const Dataset& dataset) {
    for (const std::string& field : FieldsOf(dataset)) {
      names.push_back(fmt::format("{}.{}", dataset.lineage, field));
    }
  };
  for (const Dataset* each : path_) add(*each);
  for (const Dataset& each : model_.datasets) {
    if (!OnPath(each) && model_.IsWithin(each, dataset_)) add(each);
  }
  return names;
}

void DatasetSearch::NeedFlag(const Dataset& dataset) {
  if (!Contains(flags_, &dataset)) flags_.push_back(&dataset);
}

void DatasetSearch::Need(std::string_view name) {
  const DatasetField field = Resolve(name);
  switch (field.kind) {
    case DatasetField::Kind::kEvent:
      return;
    case DatasetField::Kind::kField: {
      const std::pair<const Dataset*, std::string> known(field.owner, field.name);
      if (!Contains(fields_, known)) fields_.push_back(known);
      if (!OnPath(*field.owner)) NeedFlag(*field.owner);
      return;
    }
    case DatasetField::Kind::kFlag: {
      NeedFlag(*field.owner);
      const std::string flag = FlagOf(*field.owner);
      if (!field.negated && flag == name) return;
      std::vector<std::string>& list = field.negated ? negated_flags_ : flag_copies_;
      if (Contains(list, name)) return;
      list.emplace_back(name);
      list.push_back(flag);
      return;
    }
    case DatasetField::Kind::kUnknown:
      if (!Contains(unknown_, name)) unknown_.emplace_back(name);
      return;
  }
}

bool DatasetSearch::IsRestrictedTo(const Dataset& dataset) const {
  const auto within = [&](const Dataset* each) { return model_.IsWithin(*each, dataset); };
  return within(&dataset_) || std::any_of(restricted_.begin(), restricted_.end(), within);
}

// ---------------------------------------------------------------- what is in it

// The data sets from below the path down to this one.
std::vector<const Dataset*> DatasetSearch::Beyond(const Dataset& dataset) const {
  std::vector<const Dataset*> beyond;
  for (const Dataset* each : model_.PathTo(dataset)) {
    if (!OnPath(*each)) beyond.push_back(each);
  }
  return beyond;
}

std::string DatasetSearch::Constraints(const Dataset& dataset) const {
  std::string text;
  for (const std::string& constraint : dataset.constraints) {
    text += fmt::format("{}({})", text.empty() ? "" : " ", constraint);
  }
  for (const ModelField& field : dataset.fields) {
    if (!field.required || field.of_event) continue;
    text += fmt::format("{}{}=*", text.empty() ? "" : " ", Quote(field.name));
  }
  return text;
}

std::string DatasetSearch::Base() const {
  const Dataset& root = *path_.front();
  std::string terms;
  const auto add = [&](const Dataset& dataset) {
    const std::string more = Constraints(dataset);
    if (!more.empty()) terms += fmt::format("{}{}", terms.empty() ? "" : " ", more);
  };
  std::string text;
  if (root.kind == Dataset::Kind::kEvents) add(root);
  if (root.kind == Dataset::Kind::kSearch) {
    const size_t first = root.base_search.find_first_not_of(" \t\r\n");
    text = first == std::string::npos ? "search *" : root.base_search.substr(first);
    const bool generating = text.starts_with('|');
    const bool named = text.starts_with("search ") || text.starts_with("search\t");
    if (!generating && !named) text = "search " + text;
  }
  if (root.kind == Dataset::Kind::kTransaction) {
    text = "search (";
    for (size_t i = 0; i < root.grouped.size(); ++i) {
      const Dataset* grouped = model_.Find(root.grouped[i]);
      if (i > 0) text += " OR ";
      std::string each;
      if (grouped != nullptr) {
        for (const Dataset* part : model_.PathTo(*grouped)) {
          each += fmt::format(" {} {}", FirstTerms(part->base_search), Constraints(*part));
        }
      }
      text += fmt::format("({})", each);
    }
    text += ") | transaction";
    for (const std::string& field : root.group_by) text += " " + Quote(field);
    if (!root.max_pause.empty()) text += " maxpause=" + root.max_pause;
    if (!root.max_span.empty()) text += " maxspan=" + root.max_span;
  }
  for (size_t i = 1; i < path_.size(); ++i) add(*path_[i]);
  for (const Dataset* each : restricted_) {
    for (const Dataset* part : Beyond(*each)) add(*part);
  }
  if (text.empty()) return terms.empty() ? "search *" : "search " + terms;
  return terms.empty() ? text : fmt::format("{} | search {}", text, terms);
}

// Whether events are in data sets: asked of their own fields, before the model computes others.
std::string DatasetSearch::Flags() const {
  std::string text;
  for (const Dataset* each : flags_) {
    std::string terms;
    if (!IsRestrictedTo(*each)) {
      for (const Dataset* part : Beyond(*each)) {
        const std::string more = Constraints(*part);
        if (!more.empty()) terms += fmt::format("{}{}", terms.empty() ? "" : " ", more);
      }
    }
    const std::string value =
        terms.empty() ? "1" : fmt::format("if(searchmatch({}),1,0)", Quote(terms));
    text += fmt::format("{}{}={}", text.empty() ? " | eval " : ", ", Quote(FlagOf(*each)), value);
  }
  return text;
}

std::string DatasetSearch::NodeName() const {
  if (!node_name_) return "";
  std::string values;
  for (const Dataset* each : path_) values += (values.empty() ? "" : ",") + Quote(each->lineage);
  for (const Dataset& each : model_.datasets) {
    if (OnPath(each) || !model_.IsWithin(each, dataset_)) continue;
    std::string terms;
    for (const Dataset* part : Beyond(each)) terms += " " + Constraints(*part);
    values += fmt::format(",if(searchmatch({}),{},null())", Quote(terms), Quote(each.lineage));
  }
  return fmt::format(" | eval nodename=mvappend({})", values);
}

// ---------------------------------------------------------------- what it computes

// What must be made for `needed`, with what that is made of.
std::vector<std::string> DatasetSearch::NeededOf(const std::vector<const Dataset*>& datasets,
                                                 std::vector<std::string> needed) const {
  for (auto dataset = datasets.rbegin(); dataset != datasets.rend(); ++dataset) {
    const auto& calculations = (*dataset)->calculations;
    for (auto each = calculations.rbegin(); each != calculations.rend(); ++each) {
      if (Makes(*each, needed)) AddInputs(*each, &needed);
    }
  }
  return needed;
}

void DatasetSearch::AddCalculations(const Dataset& dataset, const std::vector<std::string>& needed,
                                    bool all, std::string_view condition, std::string* text) const {
  bool after_eval = false;
  for (const ModelCalculation& each : dataset.calculations) {
    if (!all && !Makes(each, needed)) continue;
    const std::string& target = each.outputs.front().field.name;
    switch (each.kind) {
      case ModelCalculation::Kind::kEval: {
        const std::string value =
            condition.empty()
                ? each.expression
                : fmt::format("if({},{},{})", condition, each.expression, QuoteField(target));
        *text += fmt::format("{}{}={}", after_eval ? ", " : " | eval ", Quote(target), value);
        after_eval = true;
        continue;
      }
      case ModelCalculation::Kind::kRex:
        *text += fmt::format(" | rex field={} {}", Quote(each.input), Quote(each.expression));
        break;
      case ModelCalculation::Kind::kLookup:
        *text += LookupText(each);
        break;
      case ModelCalculation::Kind::kGeoIp:
        *text += fmt::format(" | iplocation {}", Quote(each.input));
        break;
    }
    after_eval = false;
  }
}

// The data sets below this one of which fields are read.
std::vector<const Dataset*> DatasetSearch::ForeignOwners() const {
  std::vector<const Dataset*> owners;
  for (const auto& [owner, name] : fields_) {
    if (!OnPath(*owner) && !Contains(owners, owner)) owners.push_back(owner);
  }
  return owners;
}

// Fields of data sets below: only events that are in these have them.
std::string DatasetSearch::ForeignFields() const {
  std::string text;
  for (const auto& [owner, name] : fields_) {
    if (OnPath(*owner)) continue;
    text += fmt::format("{}{}=if({}==1,{},null())", text.empty() ? " | eval " : ", ",
                        Quote(fmt::format("{}.{}", owner->lineage, name)),
                        QuoteField(FlagOf(*owner)), QuoteField(name));
  }
  const auto add = [&](const std::string& target, const std::string& value) {
    text += fmt::format("{}{}={}", text.empty() ? " | eval " : ", ", Quote(target), value);
  };
  for (size_t i = 0; i + 1 < negated_flags_.size(); i += 2) {
    add(negated_flags_[i], fmt::format("1-{}", QuoteField(negated_flags_[i + 1])));
  }
  for (size_t i = 0; i + 1 < flag_copies_.size(); i += 2) {
    add(flag_copies_[i], QuoteField(flag_copies_[i + 1]));
  }
  for (const std::string& name : unknown_) add(name, "null()");
  return text;
}

std::string DatasetSearch::Renames(DatasetNames names) const {
  if (names == DatasetNames::kBare) return "";
  std::string text;
  std::vector<std::string> renamed;
  std::string copies;  // Of a field that several data sets of the path declare.
  for (const Dataset* owner : path_) {
    for (const std::string& name : FieldsOf(*owner)) {
      if (!all_ && !Contains(fields_, std::pair(owner, name))) continue;
      const std::string target = Quote(fmt::format("{}.{}", owner->lineage, name));
      if (Contains(renamed, name)) {
        copies +=
            fmt::format("{}{}={}", copies.empty() ? " | eval " : ", ", target, QuoteField(name));
        continue;
      }
      renamed.push_back(name);
      text += fmt::format("{}{} AS {}", text.empty() ? " | rename " : ", ", Quote(name), target);
    }
  }
  return copies + text;
}

std::string DatasetSearch::Text(DatasetNames names) const {
  std::string text = Base() + Flags() + NodeName();
  std::vector<std::string> wanted;
  const std::vector<const Dataset*> foreign = ForeignOwners();
  for (const auto& [owner, name] : fields_) wanted.push_back(name);
  for (const Dataset* owner : foreign) wanted = NeededOf(Beyond(*owner), std::move(wanted));
  const std::vector<std::string> needed = NeededOf(path_, wanted);
  for (const Dataset* each : path_) AddCalculations(*each, needed, all_, "", &text);
  std::vector<const Dataset*> done;
  for (const Dataset* owner : foreign) {
    for (const Dataset* each : Beyond(*owner)) {
      if (Contains(done, each)) continue;
      done.push_back(each);
      const std::string condition = fmt::format("{}==1", QuoteField(FlagOf(*owner)));
      AddCalculations(*each, wanted, false, condition, &text);
    }
  }
  return text + ForeignFields() + Renames(names);
}

}  // namespace spelk::plan
