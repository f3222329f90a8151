// One tag byte a value, then its content.
#include "value/codec.h"

namespace spelk {

void SaveValue(const Value& value, ByteWriter& out) {
  out.Byte(static_cast<uint8_t>(value.kind()));
  switch (value.kind()) {
    case ValueKind::kNull:
      break;
    case ValueKind::kBool:
      out.Bool(value.boolean());
      break;
    case ValueKind::kInteger:
      out.Fixed(value.integer());
      break;
    case ValueKind::kDouble:
      out.Double(value.number());
      out.Byte(value.significant_digits());
      break;
    case ValueKind::kText:
      out.Byte(static_cast<uint8_t>(value.json_type()));
      out.Text(value.text());
      break;
    case ValueKind::kMulti:
      out.Varint(value.count());
      for (const Value& each : value.each()) SaveValue(each, out);
      break;
  }
}

Value LoadValue(ByteReader& in, Arena& arena) {
  switch (static_cast<ValueKind>(in.Byte())) {
    case ValueKind::kNull:
      return Value::Null();
    case ValueKind::kBool:
      return Value::Bool(in.Bool());
    case ValueKind::kInteger:
      return Value::Integer(in.Fixed<int64_t>());
    case ValueKind::kDouble: {
      const double number = in.Double();
      return Value::Double(number, in.Byte());
    }
    case ValueKind::kText: {
      const uint8_t type = in.Byte();
      return Value::Text(in.Text(), type <= 2 ? static_cast<JsonType>(type) : JsonType::kString);
    }
    case ValueKind::kMulti: {
      const size_t count = in.Count(1);
      auto* values = arena.AllocateArray<Value>(count);
      if (values == nullptr) return Value::Null();
      for (size_t i = 0; i < count; ++i) {
        // A multivalue never nests: what is saved inside one is a single value.
        const Value each = LoadValue(in, arena);
        values[i] = each.is_multi() || each.is_null() ? Value::Text("") : each;
      }
      return Value::Multi({values, count});
    }
  }
  in.Fail();  // An unknown tag: mark the reader as failed.
  return Value::Null();
}

}  // namespace spelk
