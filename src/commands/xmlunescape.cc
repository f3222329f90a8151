// xmlunescape: entities of XML in _raw as the characters that they stand for.
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/arena_builder.h"
#include "commands/entry.h"
#include "exec/column_map.h"

namespace spelk::commands {
namespace {

struct XmlUnescapeNode final : plan::Node {
  static constexpr std::string_view kName = "xmlunescape";
  Field field;

  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet::Of({field}),
            .writes = plan::FieldSet::Of({field}),
            .makes = {field},
            .order = Order::kKeeps,
            .runs = Runs::kStreaming,
            .results = false};
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
  }
};

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr Entity kEntities[] = {
    {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};

std::string Utf8Of(uint32_t code) {
  std::string text;
  const auto add = [&text](uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | (code >> 6U));
    add(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    add(0xE0 | (code >> 12U));
    add(0x80 | ((code >> 6U) & 0x3FU));
    add(0x80 | (code & 0x3FU));
  } else {
    add(0xF0 | (code >> 18U));
    add(0x80 | ((code >> 12U) & 0x3FU));
    add(0x80 | ((code >> 6U) & 0x3FU));
    add(0x80 | (code & 0x3FU));
  }
  return text;
}

// What stands for the entity of that name, without & and ;; nothing if it is none.
std::optional<std::string> TextOfEntity(std::string_view name) {
  for (const Entity& each : kEntities) {
    if (each.name == name) return std::string(each.text);
  }
  if (!name.starts_with('#')) return std::nullopt;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
  const bool whole = error == std::errc() && stop == name.data() + name.size() && !name.empty();
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (!whole || code == 0 || code > 0x10FFFF || surrogate) return std::nullopt;
  return Utf8Of(code);
}

std::string_view Unescaped(std::string_view text, Arena& arena) {
  if (text.find('&') == std::string_view::npos) return text;
  constexpr size_t kLongest = 10;  // Of a name.
  ArenaText out(arena);
  while (!text.empty()) {
    const size_t start = text.find('&');
    out.Add(text.substr(0, start));
    if (start == std::string_view::npos) break;
    text.remove_prefix(start + 1);
    const size_t end = text.substr(0, kLongest + 1).find(';');
    const std::optional<std::string> entity =
        end == std::string_view::npos ? std::nullopt : TextOfEntity(text.substr(0, end));
    if (entity) {
      out.Add(std::string_view(*entity));
      text.remove_prefix(end + 1);
    } else {
      out.Add('&');
    }
  }
  return out.FinishText();
}

class XmlUnescape final : public exec::Streaming<exec::ColumnSetter> {
 public:
  explicit XmlUnescape(const XmlUnescapeNode& node) : field_(node.field) {}

  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(field_);
  }
  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    const auto unescape = [&](const Value& value) {
      if (!value.is_text()) return value;
      return Value::Text(Unescaped(value.text(), batch.arena()));
    };
    SPELK_RETURN_IF_ERROR(exec::MapColumn(field_, setter, "xmlunescape", unescape, &batch));
    return out.Push(std::move(batch));
  }

 private:
  const Field field_;
};

absl::StatusOr<plan::NodePtr> BindXmlUnescape(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "maxinputs").status());
  auto node = plan::Make<XmlUnescapeNode>(call.span);
  node->field = binder.Intern("_raw");
  return node;
}

exec::OperatorPtr BuildXmlUnescape(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<XmlUnescape>(plan::As<XmlUnescapeNode>(node));
}

constexpr Argument kXmlUnescapeArguments[] = {
    {.name = "maxinputs",
     .type = "int",
     .fallback = "50000",
     .summary = "How many rows Splunk hands over at a time.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kXmlUnescapeNotes[] = {
    "the five names of XML and numbers (&#65; &#x41;) are known; any other & stays as it is"};
constexpr Example kXmlUnescapeExamples[] = {
    {.title = "Tags out of escaped text",
     .input = R"({"_raw":"&lt;a&gt;x &amp; y&lt;/a&gt;"})",
     .query = "xmlunescape | table _raw",
     .output = R"({"_raw":"<a>x & y</a>"})"},
};

constexpr plan::NodeEntry kXmlUnescapeNodes[] = {
    {&plan::TypeOf<XmlUnescapeNode>, &BuildXmlUnescape}};

}  // namespace

extern constexpr CommandEntry kXmlUnescape = {
    .name = "xmlunescape",
    .signature = "xmlunescape [maxinputs=<int>]",
    .summary = "Turns XML entities in _raw into their characters.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kXmlUnescapeArguments,
    .notes = kXmlUnescapeNotes,
    .examples = kXmlUnescapeExamples,
    .nodes = kXmlUnescapeNodes,
    .bind = &BindXmlUnescape,
};

}  // namespace spelk::commands
