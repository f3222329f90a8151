// Walking XML documents.
#include "io/xml_path.h"

#include <string>

#include "io/xml_document.h"

namespace spelk::io {
namespace {

using Kind = PathStep::Kind;

bool HoldsElements(const pugi::xml_node& node) {
  for (const pugi::xml_node child : node.children()) {
    if (IsElement(child)) return true;
  }
  return false;
}

class ArenaWriter final : public pugi::xml_writer {
 public:
  explicit ArenaWriter(ArenaText& out) : out_(out) {}
  void write(const void* data, size_t size) override {
    out_.Add(std::string_view(static_cast<const char*>(data), size));
  }

 private:
  ArenaText& out_;
};

// The text of an element, or what is between its tags if it holds elements.
std::string_view ContentOf(const pugi::xml_node& element, Arena& arena) {
  ArenaText out(arena);
  if (HoldsElements(element)) {
    ArenaWriter writer(out);
    for (const pugi::xml_node child : element.children()) {
      child.print(writer, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
    }
  } else {
    for (const pugi::xml_node child : element.children()) out.Add(std::string_view(child.value()));
  }
  return out.FinishText();
}

// Follows a path; recursion is bounded by its length.
class Walk {
 public:
  Walk(const std::vector<PathStep>& steps, Arena& arena)
      : steps_(steps), arena_(arena), found_(arena) {}

  // The children of `parent` that step `at`, a key, names.
  void Children(const pugi::xml_node& parent, size_t at) {
    if (at >= steps_.size() || steps_[at].kind != Kind::kKey) return;
    const bool has_index = at + 1 < steps_.size() && steps_[at + 1].kind == Kind::kIndex;
    const bool has_braces =
        has_index || (at + 1 < steps_.size() && steps_[at + 1].kind == Kind::kEvery);
    size_t index = 0;
    for (const pugi::xml_node child : parent.children(steps_[at].name.c_str())) {
      ++index;
      if (!has_index || index == steps_[at + 1].index) Element(child, at + (has_braces ? 2 : 1));
    }
  }
  std::span<Value> Finish() { return found_.Finish(); }

 private:
  void Element(const pugi::xml_node& element, size_t at) {
    if (at == steps_.size()) {
      found_.Add(Value::Text(ContentOf(element, arena_)));
    } else if (steps_[at].kind != Kind::kAttribute) {
      Children(element, at);
    } else if (const pugi::xml_attribute attribute = element.attribute(steps_[at].name.c_str());
               attribute && at + 1 == steps_.size()) {
      found_.Add(Value::Text(arena_.Copy(attribute.value())));
    }
  }

  const std::vector<PathStep>& steps_;
  Arena& arena_;
  ArenaBuilder<Value> found_;
};

// Gives the fields of a document without recursion: elements nest as deep as the text likes.
class XmlFlattening {
 public:
  XmlFlattening(const pugi::xml_document& document, FieldVisitor& visitor)
      : document_(document), visitor_(visitor) {}

  void Run() {
    pugi::xml_node node = document_.first_child();
    size_t depth = 0;
    while (node) {
      if (IsElement(node)) {
        Enter(node);
        if (pugi::xml_node child = node.first_child()) {
          node = child;
          ++depth;
          continue;
        }
        Leave(node);
      }
      while (!node.next_sibling() && depth > 0) {
        node = node.parent();
        --depth;
        Leave(node);
      }
      node = node.next_sibling();
    }
  }

 private:
  void Enter(const pugi::xml_node& element) {
    if (!name_.empty()) name_ += '.';
    name_ += element.name();
    const size_t size = name_.size();
    for (const pugi::xml_attribute attribute : element.attributes()) {
      name_ += "{@";
      name_ += attribute.name();
      name_ += '}';
      Take(attribute.value());
      name_.resize(size);
    }
    if (HoldsElements(element)) return;
    text_.clear();
    for (const pugi::xml_node child : element.children()) text_ += child.value();
    if (!text_.empty()) Take(text_);
  }
  void Leave(const pugi::xml_node& element) {
    const size_t size = std::string_view(element.name()).size();
    name_.resize(name_.size() > size ? name_.size() - size - 1 : 0);
  }
  void Take(std::string_view value) {
    visitor_.Take(name_, {value.data(), static_cast<uint32_t>(value.size()), RawKind::kString}, 0);
  }

  const pugi::xml_document& document_;
  FieldVisitor& visitor_;
  std::string name_;
  std::string text_;
};

}  // namespace

Value XmlAtPath(std::string_view xml, const LocationPath& path, Arena& arena) {
  if (!path.leads_somewhere()) return Value::Null();
  XmlDocument document(arena.budget());
  if (!document.Reserve(xml)) {
    arena.Fail(document.BytesFor(xml));
    return Value::Null();
  }
  if (!document.Parse(xml)) return Value::Null();
  Walk walk(path.steps(), arena);
  walk.Children(document.root(), 0);
  return Value::Multi(walk.Finish());
}

bool FlattenXml(std::string_view xml, Arena& arena, FieldVisitor& visitor) {
  XmlDocument document(arena.budget());
  if (!document.Reserve(xml)) {
    arena.Fail(document.BytesFor(xml));
    return false;
  }
  if (!document.Parse(xml)) return false;
  XmlFlattening(document.root(), visitor).Run();
  return true;
}

}  // namespace spelk::io
