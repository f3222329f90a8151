// <Event> elements, one after another, with or without a root around them.
#include "io/formats/event_xml.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "io/formats/formats.h"
#include "io/formats/transcoder.h"
#include "io/xml_document.h"

namespace spelk::io {
namespace {

constexpr std::string_view kOpenTag = "<Event";
constexpr std::string_view kClose = "</Event>";
constexpr size_t kMostXmlDepth = 60;  // Far below what JSON may nest.
// The nodes of a document take up to 27 times its size.
constexpr size_t kMostXmlEvent = size_t{1} << 20U;

pugi::xml_node FirstElement(const pugi::xml_node& parent) {
  for (const pugi::xml_node child : parent.children()) {
    if (IsElement(child)) return child;
  }
  return {};
}

std::string_view LocalName(const char* name) {
  const std::string_view text(name);
  const size_t colon = text.find(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

// Writes an element as JSON, as evtx_dump does.
class EventJson {
 public:
  explicit EventJson(std::string& out) : out_(out) {}

  void Member(std::string_view name, const pugi::xml_node& element, size_t depth) {
    Key(name);
    Content(element, depth);
  }

 private:
  void Key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    AppendJsonText(name, out_);
    out_ += ':';
  }

  void Content(const pugi::xml_node& element, size_t depth) {
    const bool has_attributes = static_cast<bool>(element.first_attribute());
    const bool has_elements = static_cast<bool>(FirstElement(element));
    if (!has_attributes && (!has_elements || depth >= kMostXmlDepth)) {
      Text(element);
      return;
    }
    out_ += '{';
    if (has_attributes) Attributes(element);
    if (has_elements && depth < kMostXmlDepth) {
      Children(element, depth + 1);
    } else if (element.first_child()) {
      Key("#text");
      Text(element);
    }
    out_ += '}';
  }

  void Attributes(const pugi::xml_node& element) {
    Key("#attributes");
    out_ += '{';
    for (const pugi::xml_attribute attribute : element.attributes()) {
      Key(attribute.name());
      AppendJsonText(attribute.value(), out_);
    }
    out_ += '}';
  }

  void Text(const pugi::xml_node& element) {
    out_ += '"';
    for (const pugi::xml_node child : element.children()) {
      if (!IsElement(child)) AppendJsonContent(child.value(), out_);
    }
    out_ += '"';
  }

  // <Data Name='X'> is the member X; elements of one name, and unnamed Data, are an array.
  void Children(const pugi::xml_node& parent, size_t depth) {
    struct Named {
      std::string_view name;
      pugi::xml_node element;
      bool data = false;
      size_t place = 0;
    };
    std::vector<Named> children;
    for (const pugi::xml_node child : parent.children()) {
      if (!IsElement(child)) continue;
      const std::string_view local = LocalName(child.name());
      const pugi::xml_attribute name = child.attribute("Name");
      const bool data = name && (local == "Data" || local == "ComplexData");
      children.push_back(
          {data ? std::string_view(name.value()) : local, child, data, children.size()});
    }
    std::stable_sort(children.begin(), children.end(),
                     [](const Named& a, const Named& b) { return a.name < b.name; });
    // In the order of the document again, those of one name together.
    std::vector<std::pair<size_t, size_t>> groups;
    for (size_t i = 0; i < children.size();) {
      size_t end = i + 1;
      while (end < children.size() && children[end].name == children[i].name) ++end;
      groups.emplace_back(i, end);
      i = end;
    }
    std::sort(groups.begin(), groups.end(), [&children](const auto& a, const auto& b) {
      return children[a.first].place < children[b.first].place;
    });
    for (const auto& [begin, end] : groups) {
      Key(children[begin].name);
      const bool unnamed = !children[begin].data && children[begin].name == "Data";
      if (unnamed) out_ += "{\"#text\":";
      if (end - begin > 1) out_ += '[';
      for (size_t i = begin; i < end; ++i) {
        if (i > begin) out_ += ',';
        if (children[i].data || unnamed) {
          Text(children[i].element);
        } else {
          Content(children[i].element, depth);
        }
      }
      if (end - begin > 1) out_ += ']';
      if (unnamed) out_ += '}';
    }
  }

  std::string& out_;
};

class StringWriter final : public pugi::xml_writer {
 public:
  void write(const void* data, size_t size) override {
    text_.append(static_cast<const char*>(data), size);
  }
  // As Windows renders it: a carriage return within a text stands as it is.
  std::string text() const {
    constexpr std::string_view kEscaped = "&#13;";
    std::string text;
    for (size_t from = 0; from < text_.size();) {
      const size_t at = std::min(text_.find(kEscaped, from), text_.size());
      text.append(text_, from, at - from);
      if (at < text_.size()) text += '\r';
      from = at + kEscaped.size();
    }
    return text;
  }

 private:
  std::string text_;
};

// 0x000000000000f347, of 32 or 64 bits, to 0xf347. Nothing for any other text.
std::optional<std::string> WithoutZeros(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  if ((text.size() != 10 && text.size() != 18) || !text.starts_with("0x0")) return std::nullopt;
  if (text.find_first_not_of(kDigits, 2) != std::string_view::npos) return std::nullopt;
  const size_t first = std::min(text.find_first_not_of('0', 2), text.size() - 1);
  return "0x" + std::string(text.substr(first));
}

class ZeroRemover final : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    if (const auto shorter = WithoutZeros(node.value())) node.set_value(shorter->c_str());
    return true;
  }
};

// Finds the elements in a stream.
class XmlEvents final : public Transcoder {
 public:
  using Transcoder::Transcoder;

 protected:
  void Take(std::string_view* in, std::string& out) override {
    const size_t size = std::min(in->size(), kMostXmlEvent + 1 - held_.size());
    held_ += in->substr(0, size);
    in->remove_prefix(size);
    bool found = true;
    while (found && out.size() <= kTranscodedAtOnce) found = Next(out);
    held_.erase(0, at_);
    searched_ -= std::min(searched_, at_);
    at_ = 0;
    if (!found && held_.size() > kMostXmlEvent) TooLong(out);
  }
  bool Finish(std::string& out) override {
    if (Next(out)) {
      held_.erase(0, at_);
      searched_ -= std::min(searched_, at_);
      at_ = 0;
      return false;
    }
    const size_t open = FindOpen(at_);
    if (open != std::string::npos) Broken(std::string_view(held_).substr(open), out);
    return true;
  }

 private:
  // Of <Event>, not of <EventData>.
  size_t FindOpen(size_t from) const {
    for (size_t at = held_.find(kOpenTag, from); at != std::string::npos;
         at = held_.find(kOpenTag, at + 1)) {
      const size_t next = at + kOpenTag.size();
      if (next >= held_.size()) return at;
      if (std::string_view(" \t\r\n>/").find(held_[next]) != std::string_view::npos) return at;
    }
    return std::string::npos;
  }

  // The next whole element, from `at_`.
  bool Next(std::string& out) {
    const size_t open = FindOpen(at_);
    if (open == std::string::npos) {
      // Its beginning may stand at the end.
      at_ = std::max(at_, held_.size() - std::min(held_.size(), kOpenTag.size()));
      return false;
    }
    at_ = open;
    const size_t close = held_.find(kClose, std::max(searched_, open));
    if (close == std::string::npos) {
      searched_ = held_.size() - std::min(held_.size() - open, kClose.size());
      return false;
    }
    const size_t end = close + kClose.size();
    const std::string_view xml = std::string_view(held_).substr(open, end - open);
    if (!AppendXmlEvent(xml, RawXml::kAsIs, out)) Broken(xml, out);
    at_ = end;
    searched_ = end;
    return true;
  }

  // Told as a line that is no event.
  static void Broken(std::string_view xml, std::string& out) {
    std::string line(xml.substr(0, 200));
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::replace(line.begin(), line.end(), '\r', ' ');
    out += line;
    out += '\n';
  }
  void TooLong(std::string& out) {
    Broken(held_, out);
    held_.erase(0, kOpenTag.size());
    searched_ = 0;
  }

  std::string held_;
  size_t at_ = 0;        // Of it, what was not looked at.
  size_t searched_ = 0;  // No end of the element at hand stands before this.
};

}  // namespace

bool AppendXmlEvent(std::string_view xml, RawXml raw, std::string& out) {
  std::string text(xml);
  pugi::xml_document document;
  unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata_single;
  // The values in a log file are what they are; a text was written with line ends of its own.
  if (raw == RawXml::kOneLine) flags &= ~unsigned{pugi::parse_eol};
  if (!document.load_buffer_inplace(text.data(), text.size(), flags, pugi::encoding_utf8)) {
    return false;
  }
  const pugi::xml_node event = document.document_element();
  if (LocalName(event.name()) != "Event") return false;
  if (raw == RawXml::kOneLine) {
    ZeroRemover remover;
    document.traverse(remover);
  }
  out += "{\"_raw\":";
  if (raw == RawXml::kAsIs) {
    AppendJsonText(xml, out);
  } else {
    StringWriter writer;
    event.print(writer, "", pugi::format_raw | pugi::format_attribute_single_quote,
                pugi::encoding_utf8);
    AppendJsonText(writer.text(), out);
  }
  EventJson(out).Member("Event", event, 0);
  out += "}\n";
  return true;
}

namespace {

bool RecognizesXml(const InputStart& first) {
  if (!first.is_text) return false;
  const std::string_view start = first.text;
  if (start[0] != '<') return false;
  for (size_t at = start.find(kOpenTag); at != std::string_view::npos;
       at = start.find(kOpenTag, at + 1)) {
    const size_t next = at + kOpenTag.size();
    if (next < start.size() &&
        std::string_view(" \t\r\n>").find(start[next]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<ByteSourcePtr> OpenXml(ByteSourcePtr source, const Opening&) {
  return std::make_unique<XmlEvents>(std::move(source));
}

}  // namespace

extern constexpr InputFormat kXmlFormat = {
    .name = "xml", .recognizes = &RecognizesXml, .open = &OpenXml};

}  // namespace spelk::io
