// geomfilter: cuts the shapes that geom adds to a part of the map.
#include <optional>
#include <string>
#include <vector>

#include "commands/entry.h"
#include "commands/geo/shapes.h"
#include "exec/column_map.h"
#include "value/multivalue.h"

namespace spelk::commands {
namespace {

struct GeomFilterNode final : plan::Node {
  static constexpr std::string_view kName = "geomfilter";
  GeoBox box;
  Field field;

  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet::Of({field}),
            .writes = plan::FieldSet::Of({field}),
            .makes = {field},
            .order = Order::kKeeps,
            .runs = Runs::kStreaming,
            .results = false};
  }
  // A field that is not there is not made.
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("box", box);
    visit("field", field);
  }
};

class GeomFilter final : public exec::Streaming<exec::ColumnSetter> {
 public:
  explicit GeomFilter(const GeomFilterNode& node) : node_(node) {}

  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(node_.field);
  }

  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    if (batch.Find(node_.field) == nullptr || node_.box.is_whole()) {
      return out.Push(std::move(batch));
    }
    const auto cut = [&](const Value& value) {
      return MapEach(value, batch.arena(),
                     [&](const Value& each) { return Cut(each, batch.arena()); });
    };
    SPELK_RETURN_IF_ERROR(exec::MapColumn(node_.field, setter, "geomfilter", cut, &batch));
    return out.Push(std::move(batch));
  }

 private:
  // Nothing is left of a shape that lies elsewhere; what is no shape stays as it is.
  Value Cut(const Value& value, Arena& arena) const {
    if (!value.is_text()) return value;
    const std::optional<io::GeoShape> shape = FromJson(value.text(), arena);
    if (!shape) return value;
    const io::GeoShape cut = Clipped(*shape, node_.box);
    return cut.empty() ? Value::Null() : Value::Text(arena.Copy(ToJson(cut)));
  }

  const GeomFilterNode& node_;
};

absl::StatusOr<plan::NodePtr> BindGeomFilter(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<GeomFilterNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->box, BindBox(call, binder));
  node->field = binder.Intern("geom");
  return node;
}

exec::OperatorPtr BuildGeomFilter(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<GeomFilter>(plan::As<GeomFilterNode>(node));
}

constexpr Argument kGeomFilterArguments[] = {{.name = "min_x",
                                              .type = "a number from -180 to 180",
                                              .fallback = "-180",
                                              .summary = "The west of the part, in degrees.",
                                              .is_option = true},
                                             {.name = "min_y",
                                              .type = "a number from -90 to 90",
                                              .fallback = "-90",
                                              .summary = "Its south.",
                                              .is_option = true},
                                             {.name = "max_x",
                                              .type = "a number from -180 to 180",
                                              .fallback = "180",
                                              .summary = "Its east.",
                                              .is_option = true},
                                             {.name = "max_y",
                                              .type = "a number from -90 to 90",
                                              .fallback = "90",
                                              .summary = "Its north.",
                                              .is_option = true}};
constexpr std::string_view kGeomFilterNotes[] = {
    "shapes are cut at the sides of the part; a row whose shape lies outside of it stays, without "
    "the field geom"};
constexpr Example kGeomFilterExamples[] = {
    {.title = "The eastern half of a square",
     .input =
         R"({"geom":"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]}"})",
     .query = "geomfilter min_x=2 | table geom",
     .output = R"({"geom":"{\"type\":\"MultiPolygon\",\"coordinates\":[[[[2,0],[4,0],[4,4],[2,4],)"
               R"([2,0]]]]}"})"},
};

constexpr plan::NodeEntry kGeomFilterNodes[] = {{&plan::TypeOf<GeomFilterNode>, &BuildGeomFilter}};

}  // namespace

extern constexpr CommandEntry kGeomFilter = {
    .name = "geomfilter",
    .signature = "geomfilter [min_x=<number>] [min_y=<number>] [max_x=<number>] [max_y=<number>]",
    .summary = "Cuts shapes on the map to a part of it.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kGeomFilterArguments,
    .notes = kGeomFilterNotes,
    .examples = kGeomFilterExamples,
    .nodes = kGeomFilterNodes,
    .bind = &BindGeomFilter,
};

}  // namespace spelk::commands
