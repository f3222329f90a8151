// pugixml's XPath. It tells of faults by exceptions alone, so this file catches them.
#include "io/xml_query.h"

#include <fmt/format.h>

#include <new>
#include <pugixml.hpp>
#include <utility>

#include "base/arena_builder.h"
#include "io/xml_document.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::io {
namespace {

// Sets of nodes between the steps of an expression, beside the document.
constexpr size_t kSetBytesForByte = 16;

// All text in a node, in the order of the document.
void AddText(const pugi::xml_node& node, ArenaText& out) {
  pugi::xml_node at = node;
  // Without recursion: documents may be deep.
  while (true) {
    const bool is_text = at.type() == pugi::node_pcdata || at.type() == pugi::node_cdata;
    if (is_text) out.Add(std::string_view(at.value()));
    if (at.first_child()) {
      at = at.first_child();
      continue;
    }
    while (at != node && !at.next_sibling()) at = at.parent();
    if (at == node) return;
    at = at.next_sibling();
  }
}

std::string_view TextOf(const pugi::xpath_node& found, Arena& arena) {
  if (found.attribute()) return arena.Copy(found.attribute().value());
  const pugi::xml_node node = found.node();
  if (node.type() != pugi::node_element && node.type() != pugi::node_document) {
    return arena.Copy(node.value());
  }
  ArenaText out(arena);
  AddText(node, out);
  return out.FinishText();
}

class Query final : public XmlQuery {
 public:
  explicit Query(pugi::xpath_query query) : query_(std::move(query)) {}

  Value Find(std::string_view xml, Arena& arena) const override {
    const size_t start = xml.find('<');
    if (start == std::string_view::npos) return Value::Null();
    xml.remove_prefix(start);
    XmlDocument document(arena.budget());
    Reservation sets(arena.budget());
    if (!document.Reserve(xml) || !sets.Resize(xml.size() * kSetBytesForByte)) {
      arena.Fail(document.BytesFor(xml) + xml.size() * kSetBytesForByte);
      return Value::Null();
    }
    if (!document.Parse(xml)) return Value::Null();
    try {
      return Evaluate(document.root(), arena);
    } catch (const pugi::xpath_exception&) {
      return Value::Null();
    } catch (const std::bad_alloc&) {
      arena.Fail(document.BytesFor(xml));
      return Value::Null();
    }
  }

 private:
  Value Evaluate(const pugi::xml_document& root, Arena& arena) const {
    switch (query_.return_type()) {
      case pugi::xpath_type_number:
        return NumberValue(query_.evaluate_number(root));
      case pugi::xpath_type_boolean:
        return Value::Text(query_.evaluate_boolean(root) ? "true" : "false");
      case pugi::xpath_type_string:
        return Value::Text(arena.Copy(query_.evaluate_string(root)));
      default:
        break;
    }
    pugi::xpath_node_set nodes = query_.evaluate_node_set(root);
    nodes.sort();
    auto* values = arena.AllocateArray<Value>(nodes.size());
    if (values == nullptr) return Value::Null();
    size_t count = 0;
    for (const pugi::xpath_node& node : nodes) values[count++] = Value::Text(TextOf(node, arena));
    return Value::Multi({values, count});
  }

  const pugi::xpath_query query_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<XmlQuery>> XmlQuery::Make(std::string_view expression) {
  try {
    pugi::xpath_query query(std::string(expression).c_str());
    return std::make_unique<Query>(std::move(query));
  } catch (const pugi::xpath_exception& exception) {
    return absl::InvalidArgumentError(fmt::format("{} at character {} of the expression",
                                                  exception.result().error,
                                                  exception.result().offset + 1));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("the expression is too large");
  }
}

}  // namespace spelk::io
