// Following the keys through the events of libyaml.
#include "knowledge/yaml_scalars.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>

#include "knowledge/yaml.h"
#include "value/utf8.h"

namespace spelk::knowledge {
namespace {

// libyaml counts characters.
class Bytes {
 public:
  explicit Bytes(std::string_view text) : text_(text) {
    if (text.starts_with("\xEF\xBB\xBF")) byte_ = 3;
  }
  // Of places that do not go back by more than one text.
  size_t Of(size_t character) {
    if (character < character_) {
      *this = Bytes(text_);
    }
    while (character_ < character && byte_ < text_.size()) {
      ++byte_;
      while (byte_ < text_.size() && (static_cast<unsigned char>(text_[byte_]) & 0xC0U) == 0x80U) {
        ++byte_;
      }
      ++character_;
    }
    return byte_;
  }

 private:
  std::string_view text_;
  size_t byte_ = 0;
  size_t character_ = 0;
};

class Finder {
 public:
  Finder(std::string_view text, bool definitions)
      : text_(text), definitions_(definitions), bytes_(text) {}
  Finder(const Finder&) = delete;
  ~Finder() {
    if (made_) yaml_parser_delete(&parser_);
  }

  std::vector<YamlScalar> Run(std::optional<std::pair<size_t, std::string>>* problem) {
    made_ = yaml_parser_initialize(&parser_) == 1;
    if (!made_) return {};
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()),
                                 text_.size());
    for (bool more = true; more;) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) {
        if (problem != nullptr) {
          problem->emplace(bytes_.Of(parser_.problem_mark.index),
                           parser_.problem == nullptr ? "this is no YAML" : parser_.problem);
        }
        break;
      }
      more = event.type != YAML_STREAM_END_EVENT;
      Take(event);
      if (open_.size() > kMostYamlDepth) {
        if (problem != nullptr) {
          problem->emplace(bytes_.Of(event.start_mark.index),
                           fmt::format("nested deeper than {}", kMostYamlDepth));
        }
        more = false;
      }
      yaml_event_delete(&event);
    }
    // Elsewhere it may be in any language.
    if (!tests_ && !definitions_)
      std::erase_if(found_, [](const YamlScalar& each) { return each.key == "query"; });
    return std::move(found_);
  }

 private:
  struct Open {
    bool map = false;
    bool key_due = true;
    std::string key;  // Of the value that comes next.
  };

  // A part of a map or list is over.
  void Done() {
    if (!open_.empty() && open_.back().map) {
      open_.back().key_due = !open_.back().key_due;
    }
  }

  void Take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_MAPPING_START_EVENT:
      case YAML_SEQUENCE_START_EVENT:
        open_.push_back({event.type == YAML_MAPPING_START_EVENT, true, ""});
        return;
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
        if (!open_.empty()) open_.pop_back();
        return Done();
      case YAML_ALIAS_EVENT:
        return Done();
      case YAML_SCALAR_EVENT:
        Scalar(event);
        return Done();
      default:
        return;
    }
  }

  void Scalar(const yaml_event_t& event) {
    if (open_.empty() || !open_.back().map) return;
    const auto& scalar = event.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    if (open_.back().key_due) {
      open_.back().key = text;
      tests_ = tests_ || (open_.size() == 1 && (text == "cases" || text == "tests"));
      return;
    }
    const std::string& key = open_.back().key;
    const bool wanted =
        definitions_ ? key == "definition" && open_.size() == 1 : key == "search" || key == "query";
    if (!wanted) return;
    YamlScalar& made = found_.emplace_back();
    made.key = key;
    made.text = text;
    made.begin = bytes_.Of(event.start_mark.index);
    made.end = bytes_.Of(event.end_mark.index);
    switch (scalar.style) {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE:
        made.style = YamlScalar::Style::kSingleQuoted;
        break;
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        made.style = YamlScalar::Style::kDoubleQuoted;
        break;
      case YAML_LITERAL_SCALAR_STYLE:
      case YAML_FOLDED_SCALAR_STYLE:
        made.style = YamlScalar::Style::kBlock;
        break;
      default:
        break;
    }
  }

  const std::string_view text_;
  const bool definitions_;
  Bytes bytes_;
  yaml_parser_t parser_{};
  bool made_ = false;
  std::vector<Open> open_;
  std::vector<YamlScalar> found_;
  bool tests_ = false;
};

}  // namespace

std::vector<YamlScalar> FindSearchScalars(std::string_view text,
                                          std::optional<std::pair<size_t, std::string>>* problem) {
  if (text.size() > kMostYamlBytes || !IsUtf8(text)) {
    if (problem != nullptr) problem->emplace(0, "the file is too long, or not UTF-8");
    return {};
  }
  return Finder(text, false).Run(problem);
}

std::vector<YamlScalar> FindDefinitionScalars(
    std::string_view text, std::optional<std::pair<size_t, std::string>>* problem) {
  if (text.size() > kMostYamlBytes || !IsUtf8(text)) return {};
  return Finder(text, true).Run(problem);
}

}  // namespace spelk::knowledge
