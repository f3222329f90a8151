// One pass over the tags, or over the lines; nothing is checked that need not be.
#include "io/fields/windows_event.h"

#include <algorithm>

#include "io/fields/documents.h"
#include "value/ascii.h"

namespace spelk::io {
namespace {

constexpr size_t kNone = std::string_view::npos;

std::string_view WithoutPrefix(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == kNone ? name : name.substr(colon + 1);
}

// Takes the attributes of a tag apart, one after another.
class Attributes {
 public:
  explicit Attributes(std::string_view text) : rest_(text) {}

  bool Next() {
    const size_t begin = rest_.find_first_not_of(kBlanks);
    if (begin == kNone) return false;
    const size_t equals = rest_.find('=', begin);
    if (equals == kNone) return false;
    name_ = TrimBlanks(rest_.substr(begin, equals - begin));
    const size_t open = rest_.find_first_not_of(kBlanks, equals + 1);
    if (open == kNone || (rest_[open] != '\'' && rest_[open] != '"')) return false;
    const size_t close = rest_.find(rest_[open], open + 1);
    if (close == kNone) return false;
    value_ = rest_.substr(open + 1, close - open - 1);
    rest_.remove_prefix(close + 1);
    return true;
  }
  std::string_view name() const { return name_; }
  std::string_view value() const { return value_; }

 private:
  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
};

class EventXml {
 public:
  EventXml(std::string_view text, TextFields& fields) : text_(text), fields_(fields) {}

  void Run() {
    for (size_t at = text_.find('<'); at != kNone; at = text_.find('<', at)) {
      const std::string_view rest = text_.substr(at);
      if (const size_t skipped = SkippedAt(rest); skipped != 0) {
        at += std::min(skipped, rest.size());
        continue;
      }
      const size_t end = TagEnd(rest);
      if (end == kNone) break;
      Tag(rest.substr(1, end - 1), at, at + end + 1);
      at += end + 1;
    }
    if (part_ == Part::kOutside) return;
    if (!leaf_.empty()) Take(leaf_, text_.substr(leaf_begin_));  // It was cut off here.
    EndPart(text_.size());
  }

 private:
  enum class Part { kOutside, kSystem, kEventData, kUserData, kRenderingInfo };

  static Part PartNamed(std::string_view name) {
    if (name == "System") return Part::kSystem;
    if (name == "EventData") return Part::kEventData;
    if (name == "UserData") return Part::kUserData;
    return name == "RenderingInfo" ? Part::kRenderingInfo : Part::kOutside;
  }

  // The size of a comment, of CDATA or of an instruction.
  static size_t SkippedAt(std::string_view text) {
    constexpr std::string_view kSkipped[][2] = {
        {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};
    for (const auto& [open, close] : kSkipped) {
      if (!text.starts_with(open)) continue;
      const size_t end = text.find(close, open.size());
      return end == kNone ? text.size() : end + close.size();
    }
    return 0;
  }

  // The `>` of a tag; one within an attribute's quotes is none.
  static size_t TagEnd(std::string_view text) {
    for (size_t at = text.find_first_of("'\">"); at != kNone;
         at = text.find_first_of("'\">", at + 1)) {
      if (text[at] == '>') return at;
      at = text.find(text[at], at + 1);
      if (at == kNone) return kNone;
    }
    return kNone;
  }

  void Tag(std::string_view tag, size_t begin, size_t end) {
    if (tag.starts_with('/')) {
      Close(WithoutPrefix(TrimBlanks(tag.substr(1))), begin);
      return;
    }
    const bool empty = tag.ends_with('/');
    if (empty) tag.remove_suffix(1);
    const size_t name_end = std::min(tag.find_first_of(kBlanks), tag.size());
    const std::string_view name = WithoutPrefix(tag.substr(0, name_end));
    const std::string_view attributes = tag.substr(name_end);
    if (part_ == Part::kOutside) {
      if (empty) return;
      part_ = PartNamed(name);
      part_begin_ = end;
      depth_ = 0;
      return;
    }
    if (part_ == Part::kSystem) SystemAttributes(attributes);
    leaf_ = {};
    if (empty) return;
    ++depth_;
    leaf_ = part_ == Part::kEventData ? DataName(name, attributes) : name;
    leaf_begin_ = end;
  }

  void SystemAttributes(std::string_view text) {
    for (Attributes each(text); each.Next();) {
      if (!each.name().starts_with("xmlns")) Take(each.name(), each.value());
    }
  }

  // <Data Name='x'> is named by its attribute.
  static std::string_view DataName(std::string_view name, std::string_view attributes) {
    if (name != "Data" && name != "ComplexData") return name;
    for (Attributes each(attributes); each.Next();) {
      if (each.name() == "Name" && !each.value().empty()) return each.value();
    }
    return name;
  }

  void Close(std::string_view name, size_t begin) {
    if (part_ == Part::kOutside) return;
    if (depth_ == 0) {
      if (PartNamed(name) == part_) EndPart(begin);
      return;
    }
    --depth_;
    if (!leaf_.empty()) Take(leaf_, text_.substr(leaf_begin_, begin - leaf_begin_));
    leaf_ = {};
  }

  void EndPart(size_t end) {
    constexpr std::string_view kNames[] = {"", "System_Props_Xml", "EventData_Xml", "UserData_Xml",
                                           "RenderingInfo_Xml"};
    const std::string_view text = text_.substr(part_begin_, end - part_begin_);
    if (!text.empty()) {
      fields_.AddFirst(kNames[static_cast<size_t>(part_)], Value::Text(text));
    }
    part_ = Part::kOutside;
    leaf_ = {};
  }

  void Take(std::string_view name, std::string_view value) {
    constexpr std::string_view kOpen = "<![CDATA[";
    constexpr std::string_view kClose = "]]>";
    if (value.starts_with(kOpen) && value.ends_with(kClose)) {
      value = value.substr(kOpen.size(), value.size() - kOpen.size() - kClose.size());
    }
    if (value.empty()) return;
    name = CleanKey(name, fields_.arena());
    if (name.empty()) return;
    const bool adds = part_ == Part::kEventData || (part_ == Part::kUserData && !IsOfSystem(name));
    if (adds) {
      fields_.Add(name, Value::Text(value));
    } else {
      fields_.AddFirst(name, Value::Text(value));
    }
  }

  static bool IsOfSystem(std::string_view name) {
    constexpr std::string_view kNames[] = {"EventID",   "Version",  "Level",         "Task",
                                           "Opcode",    "Keywords", "EventRecordID", "Channel",
                                           "Computer",  "Name",     "Guid",          "SystemTime",
                                           "ProcessID", "ThreadID", "UserID"};
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  }

  const std::string_view text_;
  TextFields& fields_;
  Part part_ = Part::kOutside;
  size_t part_begin_ = 0;
  size_t depth_ = 0;       // Of open elements within the part.
  std::string_view leaf_;  // The name of the last tag, if it is a start tag.
  size_t leaf_begin_ = 0;
};

// A line without what ends it.
std::string_view NextLine(std::string_view* text) {
  const size_t end = std::min(text->find('\n'), text->size());
  std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class EventText {
 public:
  EventText(std::string_view text, TextFields& fields) : text_(text), fields_(fields) {}

  void Run() {
    while (!text_.empty()) {
      constexpr std::string_view kMessage = "Message=";
      if (text_.starts_with(kMessage)) {
        text_.remove_prefix(kMessage.size());
        const size_t end = text_.find_last_not_of(kBlanks);
        text_ = text_.substr(0, end == kNone ? 0 : end + 1);
        if (!text_.empty()) fields_.Add("Message", Value::Text(text_));
        Message();
        return;
      }
      const std::string_view line = NextLine(&text_);
      const size_t equals = line.find('=');
      if (equals != kNone) Take(line.substr(0, equals), line.substr(equals + 1));
    }
  }

 private:
  // Its first line is a sentence.
  void Message() {
    NextLine(&text_);
    bool subject = false;
    while (!text_.empty()) {
      const std::string_view line = NextLine(&text_);
      const size_t colon = line.find(':');
      if (colon == kNone || colon == 0) continue;
      const std::string_view name = line.substr(0, colon);
      const std::string_view after = line.substr(colon + 1);
      if (TrimBlanks(after).empty() && name[0] != ' ' && name[0] != '\t') {
        subject = name == "Subject";
        continue;
      }
      if (after.empty() || (after[0] != ' ' && after[0] != '\t')) continue;
      Take(name, TrimBlanks(after));
      if (subject) TakeOfSubject(name, TrimBlanks(after));
    }
  }

  void Take(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    name = CleanKey(name, fields_.arena());
    if (!name.empty()) fields_.Add(name, Value::Text(value));
  }

  void TakeOfSubject(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    constexpr std::string_view kSubject = "Subject_";
    const std::string_view clean = CleanKey(name, fields_.arena());
    char* whole = fields_.arena().AllocateText(kSubject.size() + clean.size());
    if (whole == nullptr) return;
    std::copy(clean.begin(), clean.end(), std::copy(kSubject.begin(), kSubject.end(), whole));
    fields_.AddFirst({whole, kSubject.size() + clean.size()}, Value::Text(value));
  }

  std::string_view text_;
  TextFields& fields_;
};

}  // namespace

void FindWindowsFields(std::string_view text, TextFields& fields) {
  if (LooksLikeXml(text)) {
    EventXml(text, fields).Run();
  } else {
    EventText(text, fields).Run();
  }
}

}  // namespace spelk::io
