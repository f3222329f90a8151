// Documents by the flatteners of spath.
#include "io/fields/documents.h"

#include <algorithm>
#include <vector>

#include "io/xml_path.h"
#include "value/ascii.h"
#include "value/batch.h"

namespace spelk::io {
namespace {

bool BeginsWith(std::string_view text, std::string_view any) {
  const size_t begin = text.find_first_not_of(kBlanks);
  return begin != std::string_view::npos && any.find(text[begin]) != std::string_view::npos;
}

// A document may turn out to be none at its end: nothing is given before.
class Taken final : public FieldVisitor {
 public:
  struct Item {
    std::string_view name;
    Value value;
    uint32_t array = 0;
  };
  explicit Taken(Arena& arena) : arena_(arena), items_(arena) {}
  void Take(std::string_view name, const RawValue& raw, uint32_t array) override {
    if (name.empty() || arena_.exhausted()) return;
    // Names are few; values of one array have the same.
    if (name != last_) last_ = arena_.Copy(name);
    items_.Add({last_, CopyValue(ToValue(raw, arena_), arena_), array});
  }
  std::span<Item> Finish() { return items_.Finish(); }

 private:
  Arena& arena_;
  ArenaBuilder<Item> items_;
  std::string_view last_;
};

}  // namespace

bool LooksLikeJson(std::string_view text) { return BeginsWith(text, "{["); }
bool LooksLikeXml(std::string_view text) { return BeginsWith(text, "<"); }

bool FindJsonFields(std::string_view text, JsonFlattener& flattener, TextFields& fields) {
  if (!LooksLikeJson(text)) return false;
  Arena& arena = fields.arena();
  Taken taken(arena);
  const bool whole = flattener.FlattenValue(text, "", taken);
  if (const absl::Status status = flattener.status(""); !status.ok()) arena.Fail(text.size());
  if (!whole || arena.exhausted()) return false;
  absl::flat_hash_map<std::string_view, uint32_t, StringHash, std::equal_to<>> arrays;
  for (const Taken::Item& item : taken.Finish()) {
    constexpr size_t kBytesForName = 2 * (sizeof(std::string_view) + sizeof(uint64_t) + 1);
    const auto known = arrays.find(item.name);
    if (known == arrays.end()) {
      if (!arena.Charge(kBytesForName)) return false;
      arrays.emplace(item.name, item.array);
    } else if (item.array == 0 || known->second != item.array) {
      continue;
    }
    fields.Add(item.name, item.value);
  }
  return true;
}

bool FindXmlFields(std::string_view text, TextFields& fields) {
  if (!LooksLikeXml(text)) return false;
  Taken taken(fields.arena());
  if (!FlattenXml(text, fields.arena(), taken)) return false;
  for (const Taken::Item& item : taken.Finish()) fields.Add(item.name, item.value);
  return true;
}

}  // namespace spelk::io
