// iplocation: where an address lies.
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "commands/entry.h"
#include "exec/column_setter.h"
#include "io/geo_database.h"
#include "value/number_value.h"

namespace spelk::commands {

namespace {

// What each field holds, in this order; those from kContinent on are given with allfields only.
enum Part : uint8_t { kCity, kCountry, kRegion, kLat, kLon, kContinent, kMetroCode, kTimezone };
constexpr std::string_view kParts[] = {"City", "Country",   "Region",    "lat",
                                       "lon",  "Continent", "MetroCode", "Timezone"};

struct IpLocationNode final : plan::Node {
  static constexpr std::string_view kName = "iplocation";
  Field address;
  std::string language;
  std::vector<Field> outputs;  // kParts, or those before kContinent.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({address});
    flow.writes = plan::FieldSet::Of(outputs);
    flow.makes = outputs;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return outputs.size() == kContinent || outputs.size() == std::size(kParts);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", address);
    visit("lang", language);
    visit("outputs", outputs);
  }
};

// The database, opened when a worker first asks for it.
class OpenedOnce {
 public:
  explicit OpenedOnce(std::string_view path) : path_(path) {}
  // Null without a path.
  absl::StatusOr<const io::GeoDatabase*> Find() const {
    if (path_.empty()) return nullptr;
    const std::lock_guard lock(mutex_);
    if (!opened_) opened_ = io::GeoDatabase::Open(path_);
    if (!opened_->ok()) return opened_->status();
    return (*opened_)->get();
  }

 private:
  const std::string path_;
  mutable std::mutex mutex_;
  mutable std::optional<absl::StatusOr<std::unique_ptr<io::GeoDatabase>>> opened_;
};

struct IpLocationState {
  const io::GeoDatabase* places = nullptr;
  std::unique_ptr<exec::ColumnsSetter> setter;
};

class IpLocation final : public exec::Streaming<IpLocationState> {
 public:
  IpLocation(const IpLocationNode& node, const exec::RunContext& run)
      : address_(node.address),
        language_(node.language),
        outputs_(node.outputs),
        database_(run.services.geo_database),
        run_(run) {}

  absl::StatusOr<IpLocationState> NewState() const override {
    SPELK_ASSIGN_OR_RETURN(const io::GeoDatabase* const places, database_.Find());
    return IpLocationState{places, std::make_unique<exec::ColumnsSetter>(outputs_)};
  }

  absl::Status Process(Batch batch, IpLocationState& state, exec::Output& out) const override {
    const io::GeoDatabase* const places = state.places;
    if (places == nullptr) {
      run_.warnings->Add(ErrorCode::kNothingThere,
                         "iplocation: no database of addresses was given, so that it finds nothing",
                         {"--geo FILE.mmdb names one in MaxMind's format"});
    }
    const Column* found = batch.Find(address_);
    const Column addresses = found == nullptr ? Column::Null(batch.physical_rows()) : *found;
    SPELK_RETURN_IF_ERROR(state.setter->Prepare("iplocation", &batch));
    Arena& arena = batch.arena();
    std::vector<Value*> values;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      values.push_back(arena.AllocateArray<Value>(batch.physical_rows()));
      SPELK_RETURN_IF_ERROR(arena.status("iplocation"));
    }
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      for (Value* column : values) column[row] = Value::Null();
      const Value address = addresses.At(row);
      if (places == nullptr || address.is_null()) continue;
      // Of several addresses the first one counts.
      const Value first = address.each().front();
      if (!first.is_text()) continue;
      SPELK_ASSIGN_OR_RETURN(const std::optional<io::GeoPlace> place,
                             places->Find(first.text(), language_));
      if (place) Write(*place, row, values, arena);
    }
    SPELK_RETURN_IF_ERROR(arena.status("iplocation"));
    for (size_t i = 0; i < outputs_.size(); ++i) {
      state.setter->Set(i, Column::Values({values[i], batch.physical_rows()}), &batch);
    }
    return out.Push(std::move(batch));
  }

 private:
  static void Write(const io::GeoPlace& place, size_t row, const std::vector<Value*>& values,
                    Arena& arena) {
    const auto text = [&](Part part, const std::string& value) {
      if (part < values.size() && !value.empty()) {
        values[part][row] = Value::Text(arena.Copy(value));
      }
    };
    text(kCity, place.city);
    text(kCountry, place.country);
    text(kRegion, place.region);
    text(kContinent, place.continent);
    text(kMetroCode, place.metro_code);
    text(kTimezone, place.time_zone);
    if (place.latitude) values[kLat][row] = NumberValue(*place.latitude);
    if (place.longitude) values[kLon][row] = NumberValue(*place.longitude);
  }

  const Field address_;
  const std::string language_;
  const std::vector<Field> outputs_;
  const OpenedOnce database_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindIpLocation(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<IpLocationNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string prefix, binder.Text(call, "prefix"));
  SPELK_ASSIGN_OR_RETURN(const bool all, binder.Flag(call, "allfields"));
  SPELK_ASSIGN_OR_RETURN(node->language, binder.Text(call, "lang"));
  SPELK_ASSIGN_OR_RETURN(node->address, binder.OneField(call));
  for (size_t i = 0; i < (all ? std::size(kParts) : size_t{kContinent}); ++i) {
    node->outputs.push_back(binder.Intern(prefix + std::string(kParts[i])));
  }
  return node;
}

exec::OperatorPtr BuildIpLocation(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<IpLocation>(plan::As<IpLocationNode>(node), run);
}

constexpr Argument kIpLocationArguments[] = {
    {.name = "field", .type = "field", .fallback = "", .summary = "The field with the address."},
    {.name = "prefix",
     .type = "text",
     .fallback = "",
     .summary = "Stands before the name of each field.",
     .is_option = true},
    {.name = "allfields",
     .type = "bool",
     .fallback = "false",
     .summary = "Continent, MetroCode and Timezone as well.",
     .is_option = true},
    {.name = "lang",
     .type = "text",
     .fallback = "en",
     .summary = "The language of names: de, en, es, fr, ja, pt-BR, ru, zh-CN, as far as the file "
                "has them.",
     .is_option = true}};
constexpr std::string_view kIpLocationNotes[] = {
    "--geo FILE.mmdb names a database in MaxMind's format (GeoLite2-City, say); Splunk brings one "
    "along, spelk does not: without one there are no fields, and a warning",
    "an address that the database does not know, a private one say, gives no fields"};
constexpr Example kIpLocationExamples[] = {
    {.title = "Without a database",
     .input = R"({"ip":"8.8.8.8"})",
     .query = "iplocation ip | table ip Country",
     .output = R"({"ip":"8.8.8.8"})"},
};

constexpr plan::NodeEntry kIpLocationNodes[] = {{&plan::TypeOf<IpLocationNode>, &BuildIpLocation}};

}  // namespace

extern constexpr CommandEntry kIpLocation = {
    .name = "iplocation",
    .signature = "iplocation [prefix=<text>] [allfields=<bool>] [lang=<text>] <field>",
    .summary = "Tells the city, country and place of addresses.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kIpLocationArguments,
    .notes = kIpLocationNotes,
    .differs =
        "Reads the database that --geo names; without it there are no fields, and a warning.",
    .examples = kIpLocationExamples,
    .nodes = kIpLocationNodes,
    .bind = &BindIpLocation,
};

}  // namespace spelk::commands
