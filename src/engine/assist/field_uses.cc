// Where a search names fields, and which command made them: by the tree as it is written.
#include <algorithm>
#include <set>
#include <utility>

#include "base/overloaded.h"
#include "engine/assist/field_walk.h"
#include "syntax/operands.h"
#include "value/ascii.h"

namespace spelk {
namespace engine {
namespace {

// Names of groups where a regular expression is written: their places, without the brackets.
std::vector<Span> GroupsIn(std::string_view text, Span span) {
  std::vector<Span> groups;
  const std::string_view pattern = TextOf(text, span);
  for (size_t at = pattern.find("(?"); at != std::string_view::npos;
       at = pattern.find("(?", at + 2)) {
    size_t begin = at + 2;
    if (pattern.substr(begin, 1) == "P") ++begin;
    if (pattern.substr(begin, 1) != "<") continue;
    ++begin;
    const size_t end = pattern.find('>', begin);
    if (end == std::string_view::npos || end == begin) continue;
    // A look-behind.
    if (pattern[begin] == '=' || pattern[begin] == '!') continue;
    groups.push_back(
        {span.begin + static_cast<uint32_t>(begin), span.begin + static_cast<uint32_t>(end)});
  }
  return groups;
}

class FieldUseWalk {
 public:
  FieldUseWalk(const Core& core, std::string_view text) : core_(core), text_(text) {}

  FieldWalk Run(const ast::Pipeline& pipeline) {
    Pipeline(pipeline);
    return std::move(walk_);
  }

 private:
  using How = NamedField::How;

  void Add(const ast::Name& name, How how, NamedField::Context context) {
    if (name.text.empty() || name.span.empty()) return;
    walk_.fields.push_back({name.text, name.span, how, context, command_, pipeline_});
  }

  void Pipeline(const ast::Pipeline& pipeline) {
    const size_t outer = std::exchange(pipeline_, pipelines_++);
    for (const ast::CommandCall& call : pipeline.commands) Command(call);
    pipeline_ = outer;
  }

  void Command(const ast::CommandCall& call) {
    const size_t outer_command = std::exchange(command_, walk_.commands.size());
    const plan::CommandEntry* outer_entry = std::exchange(entry_, nullptr);
    if (!call.macro && !call.broken) entry_ = core_.entries().Command(call.name.text);
    walk_.commands.push_back({entry_, call.span, pipeline_});
    if (call.broken) {
      for (const ast::Pipeline* subsearch : call.subsearches) Pipeline(*subsearch);
    } else {
      if (call.search) Search(*call.search);
      if (call.expression != nullptr) Expression(*call.expression);
      for (const ast::Assignment& assignment : call.assignments) Assign(assignment);
      Arguments(call);
    }
    entry_ = outer_entry;
    command_ = outer_command;
  }

  void Assign(const ast::Assignment& assignment) {
    if (assignment.subsearch != nullptr) Pipeline(*assignment.subsearch);
    if (assignment.value != nullptr) Expression(*assignment.value);
    if (assignment.macro || assignment.subsearch != nullptr) return;
    Add(assignment.target, How::kMade, NamedField::Context::kTarget);
  }

  // ---- search terms and expressions

  void Value(const ast::SearchValue& value) {
    if (const auto* pipeline = std::get_if<ast::PipelinePtr>(&value.value)) Pipeline(**pipeline);
  }

  void Search(const ast::SearchExpr& search) {
    const auto all = [&](const std::vector<ast::SearchExpr>& operands) {
      for (const ast::SearchExpr& operand : operands) Search(operand);
    };
    std::visit(
        Overloaded{[&](const ast::SearchAnd& list) { all(list.operands); },
                   [&](const ast::SearchOr& list) { all(list.operands); },
                   [&](const ast::SearchNot& negation) { Search(*negation.operand); },
                   [&](const ast::SearchComparison& comparison) {
                     Add(comparison.field, How::kRead, NamedField::Context::kArgument);
                     Value(comparison.value);
                   },
                   [&](const ast::SearchIn& in) {
                     Add(in.field, How::kRead, NamedField::Context::kArgument);
                     for (const ast::SearchValue& value : in.values) Value(value);
                   },
                   [&](const ast::SearchSubsearch& subsearch) { Pipeline(*subsearch.pipeline); },
                   [](const auto&) {}},
        search.node);
  }

  void Expression(const ast::Expr& expr) {
    if (const auto* field = std::get_if<ast::FieldReference>(&expr.node)) {
      Add({field->name, expr.span, false}, How::kRead, NamedField::Context::kExpression);
    } else if (const auto* subsearch = std::get_if<ast::ExpressionSubsearch>(&expr.node)) {
      Pipeline(*subsearch->pipeline);
    }
    ast::ForEachOperand(expr, [this](const ast::Expr& operand) { Expression(operand); });
  }

  // ---- arguments

  // The entry's argument by place takes fields: of the first one of these, all.
  bool TakesFields() const {
    if (entry_ == nullptr) return false;
    return std::any_of(entry_->arguments.begin(), entry_->arguments.end(), [](const auto& each) {
      return !each.is_option && each.type.find("field") != std::string_view::npos;
    });
  }

  bool TakesStatistics() const {
    return entry_ != nullptr &&
           std::any_of(entry_->arguments.begin(), entry_->arguments.end(), [](const auto& each) {
             return !each.is_option && each.type.starts_with("statistic");
           });
  }

  bool IsFieldOption(std::string_view name) const {
    if (entry_ == nullptr) return false;
    return std::any_of(entry_->arguments.begin(), entry_->arguments.end(), [&](const auto& each) {
      return each.is_option && EqualsIgnoringCase(each.name, name) &&
             each.type.find("field") != std::string_view::npos;
    });
  }

  // Options that name what the command makes.
  static bool MakesOption(std::string_view name) {
    constexpr std::string_view kNames[] = {"output",     "prefix",       "newfield",
                                           "fieldname",  "labelfield",   "labelonly",
                                           "countfield", "percentfield", "title"};
    return std::any_of(std::begin(kNames), std::end(kNames),
                       [&](std::string_view each) { return EqualsIgnoringCase(each, name); });
  }

  void Option(const ast::ArgumentOption& option) {
    const auto* name = std::get_if<ast::Name>(&option.value->value);
    if (entry_ != nullptr && entry_->free_options) {
      Add(option.name, How::kRead, NamedField::Context::kArgument);
      return;
    }
    if (name != nullptr && IsFieldOption(option.name.text)) {
      Add(*name, MakesOption(option.name.text) ? How::kMade : How::kRead,
          NamedField::Context::kArgument);
    } else if (name == nullptr) {
      Argument(*option.value, false);
    }
    if (const auto* list = std::get_if<ast::ArgumentList>(&option.value->value)) {
      for (const ast::Name& item : list->items) {
        Add(item, How::kRead, NamedField::Context::kArgument);
      }
    }
  }

  // `fields`: a word by itself names one.
  void Argument(const ast::Argument& argument, bool fields) {
    std::visit(
        Overloaded{
            [&](const ast::Name& name) {
              if (fields) Add(name, How::kRead, NamedField::Context::kArgument);
            },
            [&](const ast::ArgumentCall& call) {
              for (const ast::Argument& each : call.arguments) Argument(each, true);
            },
            [&](const ast::ArgumentExpression& evaluation) { Expression(*evaluation.expression); },
            [&](const ast::ArgumentSearch& search) { Search(search.terms); },
            [&](const ast::ArgumentOption& option) { Option(option); },
            [&](const ast::ArgumentSubsearch& subsearch) { Pipeline(*subsearch.pipeline); },
            [](const auto&) {}},
        argument.value);
    if (argument.alias_subsearch != nullptr) Pipeline(*argument.alias_subsearch);
    if (argument.alias) Add(*argument.alias, How::kMade, NamedField::Context::kArgument);
  }

  void Arguments(const ast::CommandCall& call) {
    const std::string_view name = entry_ == nullptr ? std::string_view() : entry_->name;
    if (name == "lookup") return Lookup(call);
    if (name == "rex") Groups(call);
    double number = 0;
    for (const ast::Argument& argument : call.arguments) {
      const auto* word = std::get_if<ast::Name>(&argument.value);
      const bool statistic = word != nullptr && TakesStatistics() &&
                             core_.entries().Aggregate(word->text, &number) != nullptr;
      if (statistic && !argument.alias) {
        // `stats count` makes the field count.
        Add(*word, How::kNamedByCommand, NamedField::Context::kArgument);
        continue;
      }
      const bool renames = name == "rename";
      if (word != nullptr && renames) {
        Add(*word, How::kTaken, NamedField::Context::kArgument);
        if (argument.alias) Add(*argument.alias, How::kMade, NamedField::Context::kArgument);
        continue;
      }
      Argument(argument, TakesFields() && !statistic);
    }
    for (const ast::Clause& clause : call.clauses) {
      if (clause.search) Search(*clause.search);
      const bool table = clause.word == ast::ClauseWord::kFrom;
      for (const ast::Argument& argument : clause.arguments) Argument(argument, !table);
    }
  }

  void Groups(const ast::CommandCall& call) {
    for (const ast::Argument& argument : call.arguments) {
      const auto* pattern = std::get_if<ast::Name>(&argument.value);
      if (pattern == nullptr || !pattern->quoted) continue;
      for (const Span group : GroupsIn(text_, pattern->span)) {
        Add({std::string(TextOf(text_, group)), group, false}, How::kMade,
            NamedField::Context::kGroup);
      }
    }
  }

  // table column AS field … OUTPUT column AS field …
  void Lookup(const ast::CommandCall& call) {
    const auto add = [&](const std::vector<ast::Argument>& arguments, size_t from, How how) {
      for (size_t i = from; i < arguments.size(); ++i) {
        const auto* column = std::get_if<ast::Name>(&arguments[i].value);
        if (column == nullptr) {
          Argument(arguments[i], false);
          continue;
        }
        // Without an AS the field has the column's name, and keeps it.
        const bool named = arguments[i].alias.has_value();
        Add(named ? *arguments[i].alias : *column,
            named ? how : (how == How::kMade ? How::kNamedByCommand : How::kNamedRead),
            NamedField::Context::kArgument);
      }
    };
    size_t first = 0;
    while (first < call.arguments.size() &&
           std::holds_alternative<ast::ArgumentOption>(call.arguments[first].value)) {
      Argument(call.arguments[first++], false);
    }
    add(call.arguments, first + 1, How::kRead);
    for (const ast::Clause& clause : call.clauses) add(clause.arguments, 0, How::kMade);
  }

  const Core& core_;
  const std::string_view text_;
  const plan::CommandEntry* entry_ = nullptr;
  size_t command_ = 0;
  size_t pipeline_ = 0;
  size_t pipelines_ = 0;
  FieldWalk walk_;
};

}  // namespace

FieldWalk WalkFields(const Core& core, std::string_view text) {
  const Source source("", std::string(text));
  Diagnostics ignored;
  ast::Pipeline tree;
  ParsePartly(source, core.entries(), core.limits(), ignored, &tree).IgnoreError();
  return FieldUseWalk(core, text).Run(tree);
}

}  // namespace engine

std::vector<FieldUse> FieldUses(const Engine& engine, std::string_view text) {
  const engine::FieldWalk walk = engine::WalkFields(engine.impl()->core, text);
  std::set<std::pair<size_t, std::string>> made;
  std::vector<FieldUse> uses;
  for (const engine::NamedField& field : walk.fields) {
    FieldUse use{field.name,    field.span.begin, field.span.size(),
                 field.Makes(), field.command,    field.pipeline,
                 false};
    use.in_event = !field.Makes() && !made.contains({field.pipeline, field.name});
    if (field.Makes()) made.emplace(field.pipeline, field.name);
    uses.push_back(std::move(use));
  }
  std::stable_sort(uses.begin(), uses.end(),
                   [](const FieldUse& a, const FieldUse& b) { return a.offset < b.offset; });
  return uses;
}

}  // namespace spelk
