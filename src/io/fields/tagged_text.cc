// One pass over the tags: a start tag, text, and the end tag of the same name.
#include "io/fields/tagged_text.h"
#include "value/ascii.h"

namespace spelk::io {
namespace {

constexpr std::string_view kNameEnd = " \t\r\n/>";
constexpr std::string_view kCdataOpen = "<![CDATA[";
constexpr std::string_view kCdataClose = "]]>";

class TagReader {
 public:
  TagReader(std::string_view text, TextFields& fields) : text_(text), fields_(fields) {}

  void Run() {
    for (at_ = text_.find('<'); at_ != std::string_view::npos; at_ = text_.find('<', at_)) {
      if (text_.substr(at_).starts_with(kCdataOpen)) {
        if (!SkipCdata()) return;
        continue;
      }
      const size_t end = TagEnd(at_ + 1);
      if (end == std::string_view::npos) return;
      Tag(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      content_ = at_;
    }
  }

 private:
  // The `>` of a tag; one within an attribute's quotes is none.
  size_t TagEnd(size_t from) const {
    char quote = '\0';
    for (size_t i = from; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '>') {
        return i;
      } else if (c == '<') {
        return std::string_view::npos;
      } else if (c == '"' || c == '\'') {
        quote = c;
      }
    }
    return std::string_view::npos;
  }

  bool SkipCdata() {
    const size_t close = text_.find(kCdataClose, at_);
    if (close == std::string_view::npos) return false;
    cdata_ = text_.substr(at_ + kCdataOpen.size(), close - at_ - kCdataOpen.size());
    at_ = close + kCdataClose.size();
    return true;
  }

  void Tag(std::string_view tag) {
    if (tag.starts_with('/')) {
      const std::string_view name = TrimBlanks(tag.substr(1));
      if (!name.empty() && name == open_) Take(name);
      open_ = {};
    } else if (tag.starts_with('?') || tag.starts_with('!') || tag.ends_with('/')) {
      open_ = {};
    } else {
      open_ = tag.substr(0, tag.find_first_of(kNameEnd));
    }
    cdata_ = {};
  }

  void Take(std::string_view name) {
    const std::string_view content = text_.substr(content_, at_ - content_);
    const std::string_view text = TrimBlanks(cdata_.empty() ? content : cdata_);
    if (!text.empty()) fields_.Add(name, Value::Text(text));
  }

  const std::string_view text_;
  TextFields& fields_;
  size_t at_ = 0;
  size_t content_ = 0;      // Where the text after the last tag begins.
  std::string_view open_;   // The name of that tag, if it is a start tag.
  std::string_view cdata_;  // In that text.
};

}  // namespace

void FindTaggedTexts(std::string_view text, TextFields& fields) { TagReader(text, fields).Run(); }

}  // namespace spelk::io
