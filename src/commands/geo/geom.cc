// geom: adds the outlines of places on the map, out of a geospatial lookup.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "commands/chart/wide_rows.h"
#include "commands/entry.h"
#include "commands/geo/shapes.h"
#include "exec/column_setter.h"
#include "io/kmz.h"
#include "plan/saved_searches.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// A lookup of transforms.conf with external_type = geo.
struct GeoLookup {
  std::string name;
  std::string file;
  std::string id_path;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("name", name);
    visit("file", file);
    visit("id_path", id_path);
  }
};

struct GeomNode final : plan::Node {
  static constexpr std::string_view kName = "geom";
  std::string lookup;  // Without it the field featureCollection names one for each row.
  bool all_features = false;
  Field id;
  double generalization = 0.1;
  GeoBox box;
  Field collection;
  Field geom;
  std::vector<GeoLookup> lookups;  // Those that may be named.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.results = false;
    if (all_features) {  // Rows come in that none of the input are.
      flow.reads = plan::FieldSet::All();
      return flow;
    }
    flow.reads = plan::FieldSet::Of({id});
    if (lookup.empty()) flow.reads.Add(collection);
    flow.makes = {geom};
    if (!lookup.empty()) flow.makes = {collection, geom};
    flow.writes = plan::FieldSet::Of(flow.makes);
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("lookup", lookup);
    visit("allFeatures", all_features);
    visit("featureIdField", id);
    visit("gen", generalization);
    visit("box", box);
    visit("collection", collection);
    visit("geom", geom);
    visit("lookups", lookups);
  }
};

// The features of one lookup, and those that rows had.
struct Collection {
  explicit Collection(MemoryBudget* budget) : kept(budget) {}
  struct Feature {
    std::vector<size_t> shapes;
    std::string json;  // Made when first asked for; empty outside of the box.
    bool made = false;
    bool seen = false;
  };
  std::vector<io::KmlFeature> shapes;  // An id may come several times: all are one feature.
  std::vector<Feature> features;
  absl::flat_hash_map<std::string, size_t> by_id;
  Reservation kept;
};

struct GeomState {
  GeomState(Field named, Field geom) : collection(named), setter(geom) {}
  std::map<std::string, std::unique_ptr<Collection>, std::less<>> collections;
  exec::ColumnSetter collection;
  exec::ColumnSetter setter;
  std::vector<std::pair<Field, bool>> fields;  // Of the rows; whether all values are numbers.
};

class Geom final : public exec::Sequential<GeomState> {
 public:
  Geom(const GeomNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<GeomState> NewState() const override {
    GeomState state(node_.collection, node_.geom);
    if (!node_.lookup.empty()) SPELK_RETURN_IF_ERROR(Find(node_.lookup, state).status());
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, GeomState& state,
                                       exec::Output& out) const override {
    if (node_.all_features) NoteFields(batch, state);
    auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("geom"));
    const Column* ids = batch.Find(node_.id);
    const Column* names = batch.Find(node_.collection);
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      values[row] = Value::Null();
      if (ids == nullptr || ids->At(row).is_null()) continue;
      std::string name = node_.lookup;
      if (name.empty() && names != nullptr) name = TextOf(names->At(row));
      if (name.empty()) continue;
      SPELK_ASSIGN_OR_RETURN(Collection * collection, Find(name, state));
      const auto place = collection->by_id.find(TextOf(ids->At(row)));
      if (place == collection->by_id.end()) continue;
      SPELK_RETURN_IF_ERROR(Show(*collection, place->second));
      collection->features[place->second].seen = true;
      const std::string& json = collection->features[place->second].json;
      if (!json.empty()) values[row] = Value::Text(batch.arena().Copy(json));
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("geom"));
    if (!node_.lookup.empty()) {
      auto* named = batch.arena().AllocateArray<Value>(batch.physical_rows());
      SPELK_RETURN_IF_ERROR(batch.arena().status("geom"));
      std::fill_n(named, batch.physical_rows(), Value::Text(node_.lookup));
      state.collection.Set(Column::Values({named, batch.physical_rows()}), &batch);
    }
    state.setter.Set(Column::Values({values, batch.physical_rows()}), &batch);
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

  // The features that no row has, each in a row: with 0 in the fields that are numbers.
  absl::Status Finish(GeomState& state, exec::Output& out) const override {
    if (!node_.all_features) return absl::OkStatus();
    std::vector<Field> fields;
    std::vector<bool> numbers;
    const auto add = [&](Field field, bool number) {
      if (std::find(fields.begin(), fields.end(), field) != fields.end()) return;
      fields.push_back(field);
      numbers.push_back(number);
    };
    add(node_.id, false);
    add(node_.collection, false);
    for (const auto& [field, number] : state.fields) {
      if (number) add(field, true);
    }
    add(node_.geom, false);
    WideRows rows(fields, run_, "geom", out);
    for (const auto& [name, collection] : state.collections) {
      for (const io::KmlFeature& shape : collection->shapes) {
        const size_t place = collection->by_id.at(shape.id);
        Collection::Feature& feature = collection->features[place];
        if (feature.seen) continue;
        feature.seen = true;
        SPELK_RETURN_IF_ERROR(Show(*collection, place));
        SPELK_RETURN_IF_ERROR(rows.Begin());
        for (size_t f = 0; f < fields.size(); ++f) {
          if (numbers[f]) rows.Set(f, Value::Integer(0));
        }
        rows.Set(0, Value::Text(shape.id));
        rows.Set(1, Value::Text(name));
        if (!feature.json.empty()) rows.Set(fields.size() - 1, Value::Text(feature.json));
      }
    }
    return rows.Finish();
  }

 private:
  void NoteFields(const Batch& batch, GeomState& state) const {
    for (size_t c = 0; c < batch.columns().size(); ++c) {
      const Field field = batch.schema()->fields()[c];
      if (field.hidden() || field.internal() || field == node_.id || field == node_.collection ||
          field == node_.geom)
        continue;
      auto known = std::find_if(state.fields.begin(), state.fields.end(),
                                [field](const auto& each) { return each.first == field; });
      bool any = false;
      bool numbers = true;
      for (size_t r = 0; r < batch.size() && numbers; ++r) {
        const Value value = batch.At(c, r);
        if (value.is_null()) continue;
        any = true;
        numbers = NumberOf(value).has_value();
      }
      if (!any) continue;
      if (known == state.fields.end()) {
        state.fields.emplace_back(field, numbers);
      } else {
        known->second = known->second && numbers;
      }
    }
  }

  absl::Status Show(Collection& collection, size_t place) const {
    Collection::Feature& feature = collection.features[place];
    if (feature.made) return absl::OkStatus();
    feature.made = true;
    io::GeoShape all;
    for (const size_t shape : feature.shapes) {
      const io::GeoShape& each = collection.shapes[shape].shape;
      all.insert(all.end(), each.begin(), each.end());
    }
    const io::GeoShape shown = Clipped(Simplified(all, node_.generalization), node_.box);
    if (!shown.empty()) feature.json = ToJson(shown);
    if (collection.kept.Grow(feature.json.size())) return absl::OkStatus();
    return run_.budget->Exhausted("geom", feature.json.size());
  }

  static constexpr size_t kMostBytes = size_t{256} << 20U;

  // Out of a KML document, or of the one in a KMZ file.
  absl::StatusOr<std::vector<io::KmlFeature>> ReadShapes(std::string_view text,
                                                         std::string_view id_path,
                                                         Reservation* kept) const {
    Reservation texts(run_.budget);
    if (!texts.Resize(text.size())) return run_.budget->Exhausted("geom", text.size());
    if (!io::IsKmz(text)) return io::ReadKml(text, id_path, kept);
    SPELK_ASSIGN_OR_RETURN(const std::string document, io::KmlInKmz(text, kMostBytes, &texts));
    return io::ReadKml(document, id_path, kept);
  }

  absl::StatusOr<Collection*> Find(std::string_view name, GeomState& state) const {
    const auto known = state.collections.find(name);
    if (known != state.collections.end()) return known->second.get();
    const auto lookup = std::find_if(node_.lookups.begin(), node_.lookups.end(),
                                     [name](const GeoLookup& each) { return each.name == name; });
    if (lookup == node_.lookups.end()) {
      return absl::NotFoundError(
          fmt::format("geom: no app has the geospatial lookup '{}': a stanza of transforms.conf "
                      "with external_type = geo",
                      name));
    }
    SPELK_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                           run_.services.files->Read(lookup->file, kMostBytes));
    if (!text) {
      return absl::NotFoundError(
          fmt::format("geom: the file {} of the lookup '{}' is not there", lookup->file, name));
    }
    auto collection = std::make_unique<Collection>(run_.budget);
    absl::StatusOr<std::vector<io::KmlFeature>> shapes =
        ReadShapes(*text, lookup->id_path, &collection->kept);
    if (!shapes.ok()) {
      if (absl::IsResourceExhausted(shapes.status())) return shapes.status();
      return absl::FailedPreconditionError(
          fmt::format("geom: the lookup '{}': {}", name, MessageOf(shapes.status())));
    }
    collection->shapes = *std::move(shapes);
    for (size_t shape = 0; shape < collection->shapes.size(); ++shape) {
      const auto [place, added] =
          collection->by_id.emplace(collection->shapes[shape].id, collection->features.size());
      if (added) collection->features.emplace_back();
      collection->features[place->second].shapes.push_back(shape);
    }
    return state.collections.emplace(std::string(name), std::move(collection)).first->second.get();
  }

  const GeomNode& node_;
  const exec::RunContext& run_;
};

std::vector<GeoLookup> GeoLookupsOf(const plan::Binder& binder) {
  std::vector<GeoLookup> lookups;
  const plan::SavedSearches* saved = binder.services().saved_searches;
  if (saved == nullptr) return lookups;
  const plan::Stanzas& stanzas = saved->stanzas();
  for (const std::string& name : stanzas.StanzaNames(plan::StanzaFile::kTransforms)) {
    const auto settings = stanzas.FindStanza(plan::StanzaFile::kTransforms, name);
    if (!settings) continue;
    GeoLookup lookup{.name = name, .file = "", .id_path = "/Placemark/name"};
    bool geo = false;
    for (const auto& [key, value] : *settings) {
      if (key == "external_type") geo = value == "geo";
      if (key == "filename") lookup.file = value;
      if (key == "feature_id_element") lookup.id_path = value;
    }
    if (geo && !lookup.file.empty()) lookups.push_back(std::move(lookup));
  }
  return lookups;
}

absl::StatusOr<plan::NodePtr> BindGeom(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<GeomNode>(call.span);
  node->lookups = GeoLookupsOf(binder);
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.size() > 1) return binder.Unexpected(*arguments[1]);
  if (!arguments.empty()) {
    SPELK_ASSIGN_OR_RETURN(const Field name, binder.FieldName(*arguments[0]));
    node->lookup = name.name();
    std::vector<std::string_view> names;
    for (const GeoLookup& each : node->lookups) names.push_back(each.name);
    if (std::find(names.begin(), names.end(), node->lookup) == names.end()) {
      std::vector<std::string> notes = plan::DidYouMean(plan::NearestNames(node->lookup, names));
      notes.emplace_back(
          "the shapes of geo_us_states and geo_countries are Splunk's files; a stanza of "
          "transforms.conf with external_type = geo names a KML or KMZ file of your own");
      return binder.Error(ErrorCode::kUnknownLookup, arguments[0]->span,
                          fmt::format("there is no geospatial lookup '{}'", node->lookup),
                          std::move(notes));
    }
  }
  SPELK_ASSIGN_OR_RETURN(node->all_features, binder.Flag(call, "allFeatures"));
  SPELK_ASSIGN_OR_RETURN(const std::string id, binder.Text(call, "featureIdField"));
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> most, binder.Decimal(call, "gen"));
  node->generalization = most.value_or(0.1);
  if (node->generalization < 0) {
    const ast::ArgumentOption& option = *binder.FindOption(call, "gen");
    return binder.BadOption(option, binder.TextOf(option.value->span));
  }
  SPELK_ASSIGN_OR_RETURN(node->box, BindBox(call, binder));
  node->id = binder.Intern(id);
  node->collection = binder.Intern("featureCollection");
  node->geom = binder.Intern("geom");
  return node;
}

exec::OperatorPtr BuildGeom(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Geom>(plan::As<GeomNode>(node), run);
}

constexpr Argument kGeomArguments[] = {
    {.name = "featureCollection",
     .type = "lookup",
     .fallback = "",
     .summary =
         "A geospatial lookup: a stanza of transforms.conf with external_type = geo; without "
         "it the field featureCollection of each row names one."},
    {.name = "allFeatures",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether the features that no row has come in rows of their own, with 0 in the "
                "fields that hold numbers.",
     .is_option = true},
    {.name = "featureIdField",
     .type = "field",
     .fallback = "featureId",
     .summary = "Which field names the feature of a row.",
     .is_option = true},
    {.name = "gen",
     .type = "a number of 0 or more",
     .fallback = "0.1",
     .summary = "How far, in degrees, outlines may be off so that they have fewer points.",
     .is_option = true},
    {.name = "min_x",
     .type = "a number from -180 to 180",
     .fallback = "-180",
     .summary = "The west of the part of the map that is shown.",
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
constexpr std::string_view kGeomNotes[] = {
    "the shapes are those of the KML or KMZ file that filename= of the stanza names, in the "
    "lookups "
    "folder of an app; feature_id_element= says where ids stand (/Placemark/name)",
    "with a lookup in the command each row gets its name in featureCollection, before geom",
    "geom is the text of a GeoJSON MultiPolygon; a row without a feature, or with one outside of "
    "the part that is shown, has none"};
constexpr Example kGeomExamples[] = {
    {.title = "Rows that name no lookup have no shape",
     .input = R"({"featureId":"Here","count":3})",
     .query = "geom | table featureId count geom",
     .output = R"({"featureId":"Here","count":3})"},
};

constexpr plan::NodeEntry kGeomNodes[] = {{&plan::TypeOf<GeomNode>, &BuildGeom}};

}  // namespace

extern constexpr CommandEntry kGeom = {
    .name = "geom",
    .signature =
        "geom [<lookup>] [allFeatures=<bool>] [featureIdField=<field>] [gen=<number>] "
        "[min_x=<number>] [min_y=<number>] [max_x=<number>] [max_y=<number>]",
    .summary = "Adds the outlines of places on the map.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kGeomArguments,
    .notes = kGeomNotes,
    .differs =
        "Lookups are KML and KMZ files of your own: the shapes of geo_us_states and geo_countries "
        "are files of Splunk's.",
    .examples = kGeomExamples,
    .nodes = kGeomNodes,
    .bind = &BindGeom,
};

}  // namespace spelk::commands
