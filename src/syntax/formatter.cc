// Words with what stands before them; pipelines and stages.
#include "syntax/formatter.h"

#include <utility>

namespace spelk::syntax {

using Part = Layout::Part;

bool IsComparator(std::string_view type) {
  return type == "EQ" || type == "NEQ" || type == "LT" || type == "LE" || type == "GT" ||
         type == "GE";
}
bool IsClause(std::string_view type) {
  return type == "BY" || type == "OVER" || type == "OUTPUT" || type == "OUTPUTNEW" ||
         type == "WHERE" || type == "FROM" || type == "SEARCH_WHERE";
}

Part Formatter::All() {
  Parts parts = {Opening()};
  parts.push_back(Pipeline());
  while (!AtEnd()) TakeRest(&parts);
  parts.push_back(Closing());
  return layout_.Join(std::move(parts));
}

Part Formatter::TakeAsWritten(size_t last) {
  const size_t begin = word().span.begin;
  at_ = last + 1;
  return layout_.Text(text_.substr(begin, words_[last].span.end - begin));
}

Part Formatter::Before(Gap gap) {
  const Word& next = word();
  if (next.comments.empty()) return Plain(gap, next.gap, at_);
  Parts parts;
  const bool hard = Comments(next, &parts);
  if (hard || gap == Gap::kHardLine) {
    parts.push_back(layout_.HardLine());
  } else {
    const bool breaks = gap == Gap::kLine || gap == Gap::kKeepLine;
    parts.push_back(Plain(breaks ? Gap::kKeepLine : Gap::kKeep, next.gap, at_));
  }
  return layout_.Join(std::move(parts));
}

bool Formatter::Comments(const Word& next, Parts* parts) {
  bool alone = false;
  for (const Word::Comment& comment : next.comments) {
    const bool apart = comment.begins_line || alone;
    if (apart) {
      parts->push_back(layout_.HardLine());
    } else if (comment.gap) {
      parts->push_back(layout_.Comment(" "));
    }
    parts->push_back(layout_.Comment(comment.text));
    alone = comment.begins_line;
  }
  return alone;
}

Part Formatter::Plain(Gap gap, bool was, size_t at) {
  const bool breaks = gap == Gap::kLine || gap == Gap::kKeepLine;
  const bool keeps = gap == Gap::kKeep || gap == Gap::kKeepLine;
  if (gap == Gap::kHardLine) return layout_.HardLine();
  if (gap == Gap::kNone || (keeps && !was)) return layout_.Text("");
  if (!breaks) return layout_.Text(" ");
  return words_.has_stages(at) ? layout_.HardLine() : layout_.Line();
}

Part Formatter::Opening() {
  Parts parts;
  const Word& first = word();
  for (const Word::Comment& comment : first.comments) {
    const bool apart = parts.empty() || comment.begins_line;
    if (!parts.empty())
      parts.push_back(apart ? layout_.HardLine() : Plain(Gap::kKeep, comment.gap, 0));
    parts.push_back(layout_.Comment(comment.text));
  }
  if (parts.empty()) return layout_.Text("");
  if (!AtEnd()) parts.push_back(layout_.HardLine());
  return layout_.Join(std::move(parts));
}

Part Formatter::Closing() {
  Parts parts;
  if (at_ > 0) Comments(word(), &parts);
  return parts.empty() ? layout_.Text("") : layout_.Join(std::move(parts));
}

void Formatter::TakeRest(Parts* parts) {
  if (At("LBRACKET")) {
    parts->push_back(Before(Gap::kKeepLine));
    parts->push_back(Subsearch());
    return;
  }
  parts->push_back(Before(Gap::kKeepLine));
  parts->push_back(Take());
}

Part Formatter::Pipeline() {
  Parts parts;
  bool first = true;
  while (!AtEnd() && !At("RBRACKET")) {
    if (At("PIPE")) {
      if (!first) parts.push_back(Before(Gap::kHardLine));
      parts.push_back(Take());
      first = false;
      if (AtStageEnd()) continue;
      parts.push_back(AfterOpening(Gap::kBlank));
    }
    first = false;
    parts.push_back(Stage());
  }
  return layout_.Join(std::move(parts));
}

Part Formatter::AfterOpening(Gap gap) {
  const Word& next = word();
  if (next.comments.empty()) return Plain(gap, next.gap, at_);
  Parts parts;
  for (const Word::Comment& comment : next.comments) {
    parts.push_back(layout_.Text(" "));
    parts.push_back(layout_.Comment(comment.text));
  }
  parts.push_back(layout_.Text(" "));
  return layout_.Join(std::move(parts));
}

Part Formatter::Stage() {
  Parts parts;
  if (At("SEARCH_COMMAND")) {
    parts.push_back(Take());
    if (!AtStageEnd()) parts.push_back(InIndent({Before(Gap::kBlank), Terms()}));
  } else if (At("EXPRESSION_COMMAND")) {
    parts.push_back(Take());
    if (!AtStageEnd()) parts.push_back(InIndent({Before(Gap::kBlank), Expression()}));
  } else if (At("ASSIGNMENT_COMMAND")) {
    parts.push_back(Take());
    if (!AtStageEnd()) parts.push_back(InIndent({Before(Gap::kBlank), Assignments()}));
  } else if (At("ARGUMENT_COMMAND") || At("STAGE_MACRO")) {
    parts.push_back(ArgumentStage());
  } else {
    parts.push_back(InIndent({Terms()}));
  }
  Parts rest;
  while (!AtStageEnd()) TakeRest(&rest);
  if (!rest.empty()) parts.push_back(InIndent(std::move(rest)));
  return layout_.Join(std::move(parts));
}

Part Formatter::Subsearch() {
  const bool stages = words_.has_stages(at_);
  Parts parts = {Take()};
  if (At("RBRACKET")) {
    parts.push_back(Before(Gap::kKeep));
    parts.push_back(Take());
    return layout_.Join(std::move(parts));
  }
  Parts inner = {AfterOpening(stages ? Gap::kBlank : Gap::kNone), Pipeline()};
  if (!AtEnd()) {
    inner.push_back(Before(stages ? Gap::kBlank : Gap::kNone));
    inner.push_back(Take());
  }
  parts.push_back(layout_.Indent(stages ? kInBrackets : 0, layout_.Join(std::move(inner))));
  return layout_.Join(std::move(parts));
}

}  // namespace spelk::syntax
