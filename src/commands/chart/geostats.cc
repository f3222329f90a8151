// geostats: statistics by squares of the map, for each level of zoom.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/arena_builder.h"
#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "exec/column_setter.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

constexpr double kSouth = -90;
constexpr double kWest = -180;

// ---------------------------------------------------------------- the squares of a row

struct GeoBinNode final : plan::Node {
  static constexpr std::string_view kName = "geo-bin";
  Field latitude;
  Field longitude;
  Field bin;
  double latitude_span = 22.5;
  double longitude_span = 45;
  uint64_t most_zoom = 9;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of({latitude, longitude}),
                        .writes = plan::FieldSet::Of({bin}),
                        .makes = {bin},
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("latfield", latitude);
    visit("longfield", longitude);
    visit("bin", bin);
    visit("binspanlat", latitude_span);
    visit("binspanlong", longitude_span);
    visit("maxzoomlevel", most_zoom);
  }
};

std::optional<double> Coordinate(const Value& value, double most) {
  const std::optional<Number> number = NumberOf(value);
  if (!number || !(std::fabs(number->value) <= most)) return std::nullopt;
  return number->value;
}

class GeoBin final : public exec::Streaming<exec::ColumnSetter> {
 public:
  explicit GeoBin(const GeoBinNode& node) : node_(node) {}

  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(node_.bin);
  }
  // Rows without a place on the map go.
  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    const Column* latitudes = batch.Find(node_.latitude);
    const Column* longitudes = batch.Find(node_.longitude);
    if (latitudes == nullptr || longitudes == nullptr) return absl::OkStatus();
    auto* bins = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("geostats"));
    std::vector<uint32_t> kept;
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const auto latitude = Coordinate(latitudes->At(row), -kSouth);
      const auto longitude = Coordinate(longitudes->At(row), -kWest);
      if (!latitude || !longitude) continue;
      bins[row] = BinsOf(*latitude, *longitude, batch.arena());
      kept.push_back(static_cast<uint32_t>(row));
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("geostats"));
    if (kept.empty()) return absl::OkStatus();
    batch.Select(std::move(kept));
    setter.Set(Column::Values({bins, batch.physical_rows()}), &batch);
    return out.Push(std::move(batch));
  }

 private:
  Value BinsOf(double latitude, double longitude, Arena& arena) const {
    ArenaBuilder<Value> bins(arena);
    std::vector<Value> made;
    for (uint64_t zoom = 0; zoom <= node_.most_zoom; ++zoom) {
      const double finer = std::ldexp(1.0, static_cast<int>(zoom));
      const double y = std::floor((latitude - kSouth) / node_.latitude_span * finer);
      const double x = std::floor((longitude - kWest) / node_.longitude_span * finer);
      made.push_back(
          Value::Text(arena.Copy(fmt::format("bin_id_zl_{}_y_{:.0f}_x_{:.0f}", zoom, y, x))));
    }
    bins.Add(std::span<const Value>(made));
    return Value::Multi(bins.Finish());
  }

  const GeoBinNode& node_;
};

// ---------------------------------------------------------------- the table

// Makes of a row for each square, or each square and series, a row for each square.
struct GeoTableNode final : plan::Node {
  static constexpr std::string_view kName = "geo-table";
  Field bin;
  Field latitude;  // Sums, and how many; they become means in `latitude_as` and `longitude_as`.
  Field longitude;
  Field rows;
  Field latitude_as;
  Field longitude_as;
  Field split;  // Null: no series.
  bool wide = true;
  std::vector<Field> statistics;
  uint64_t most_series = 10;     // In all squares; 0: any number.
  uint64_t most_in_square = 10;  // Likewise in one.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores, .runs = Runs::kSink};
    if (!split || !wide) {
      flow.columns = {{bin, latitude_as, longitude_as}};
      if (split) flow.columns->push_back(split);
      flow.columns->insert(flow.columns->end(), statistics.begin(), statistics.end());
    }
    flow.reads = plan::FieldSet::Of({bin, latitude, longitude, rows});
    if (split) flow.reads.Add(split);
    flow.reads.Add(plan::FieldSet::Of(statistics));
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("bin", bin);
    visit("latitude", latitude);
    visit("longitude", longitude);
    visit("rows", rows);
    visit("outputlatfield", latitude_as);
    visit("outputlongfield", longitude_as);
    visit.MayBeNull("split", split);
    visit("translatetoxy", wide);
    visit("statistics", statistics);
    visit("globallimit", most_series);
    visit("locallimit", most_in_square);
  }
};

// zoom, y, x out of the name of a square: what squares are sorted by.
std::vector<double> PlaceOf(std::string_view bin) {
  std::vector<double> place;
  for (const std::string_view part : {"_zl_", "_y_", "_x_"}) {
    const size_t at = bin.find(part);
    if (at == std::string_view::npos) return {};
    std::string_view digits = bin.substr(at + part.size());
    digits = digits.substr(0, digits.find('_'));
    const std::optional<Number> number = ParseNumber(digits);
    place.push_back(number ? number->value : 0);
  }
  return place;
}

class GeoTable final : public WholeSink {
 public:
  GeoTable(const GeoTableNode& node, const exec::RunContext& run)
      : WholeSink("geostats", node, run), node_(node) {}

 private:
  // The rows of one square, by text of the series.
  struct Square {
    double latitude = 0;
    double longitude = 0;
    double rows = 0;
    std::vector<size_t> parts;
  };
  using Squares = std::map<std::vector<double>, std::pair<std::string, Square>>;

  double NumberAt(const AllRows& rows, size_t row, Field field) const {
    const std::optional<Number> number = NumberOf(rows.At(row, field));
    return number ? number->value : 0;
  }

  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    Squares squares;
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * 256));
    for (size_t r = 0; r < rows.size(); ++r) {
      const std::string bin = TextOf(rows.At(r, node_.bin));
      auto& [name, square] = squares[PlaceOf(bin)];
      name = bin;
      square.latitude += NumberAt(rows, r, node_.latitude);
      square.longitude += NumberAt(rows, r, node_.longitude);
      square.rows += NumberAt(rows, r, node_.rows);
      square.parts.push_back(r);
    }
    if (node_.split) {
      for (auto& [place, named] : squares) {
        std::sort(named.second.parts.begin(), named.second.parts.end(), [&](size_t a, size_t b) {
          return TextOf(rows.At(a, node_.split)) < TextOf(rows.At(b, node_.split));
        });
      }
    }
    if (node_.split && node_.wide) return MakeWide(rows, squares, out);
    WideRows table(*node_.GetDataflow().columns, run(), "geostats", out);
    for (const auto& [place, named] : squares) {
      for (const size_t part : named.second.parts) {
        SPELK_RETURN_IF_ERROR(Begin(named, 1, table));
        size_t column = 3;
        if (node_.split) table.Set(column++, rows.At(part, node_.split));
        for (const Field field : node_.statistics) table.Set(column++, rows.At(part, field));
      }
    }
    return table.Finish();
  }

  // `at` is the column of the latitude; that of the longitude follows.
  absl::Status Begin(const std::pair<std::string, Square>& named, size_t at,
                     WideRows& table) const {
    SPELK_RETURN_IF_ERROR(table.Begin());
    table.Set(0, Value::Text(named.first));
    table.Set(at, NumberValue(named.second.latitude / named.second.rows));
    table.Set(at + 1, NumberValue(named.second.longitude / named.second.rows));
    return absl::OkStatus();
  }

  // The series with the greatest sums, by text; what is left makes OTHER.
  std::vector<std::string> ChosenSeries(const AllRows& rows, bool* others) const {
    std::map<std::string, double> sums;
    for (size_t r = 0; r < rows.size(); ++r) {
      sums[TextOf(rows.At(r, node_.split))] += NumberAt(rows, r, node_.statistics[0]);
    }
    std::vector<std::pair<std::string, double>> sorted(sums.begin(), sums.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    *others = node_.most_series > 0 && sorted.size() > node_.most_series;
    if (*others) sorted.resize(node_.most_series);
    std::vector<std::string> names;
    for (const auto& [name, sum] : sorted) names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status MakeWide(AllRows& rows, const Squares& squares, exec::Output& out) const {
    bool others = false;
    std::vector<std::string> names = ChosenSeries(rows, &others);
    absl::flat_hash_map<std::string, size_t> places;
    for (size_t i = 0; i < names.size(); ++i) places.emplace(names[i], i);
    // A square may have more series than it may show though all squares together have not.
    const bool cuts = node_.most_in_square > 0 && names.size() > node_.most_in_square;
    if (others || cuts) names.emplace_back("OTHER");
    std::vector<Field> columns = {node_.bin};
    for (const Field statistic : node_.statistics) {
      for (const std::string& name : names) {
        const std::string column =
            node_.statistics.size() == 1 ? name : fmt::format("{}: {}", statistic.name(), name);
        SPELK_ASSIGN_OR_RETURN(const Field field, run().fields->TryIntern(column));
        columns.push_back(field);
      }
    }
    columns.push_back(node_.latitude_as);
    columns.push_back(node_.longitude_as);
    SPELK_RETURN_IF_ERROR(rows.Reserve(columns.size() * 160));
    WideRows table(std::move(columns), run(), "geostats", out);
    for (const auto& [place, named] : squares) {
      SPELK_RETURN_IF_ERROR(Begin(named, 1 + node_.statistics.size() * names.size(), table));
      std::vector<size_t> parts = named.second.parts;
      std::stable_sort(parts.begin(), parts.end(), [&](size_t a, size_t b) {
        return NumberAt(rows, a, node_.statistics[0]) > NumberAt(rows, b, node_.statistics[0]);
      });
      for (size_t s = 0; s < node_.statistics.size(); ++s) {
        std::optional<double> other;
        size_t shown = 0;
        for (const size_t part : parts) {
          const Value value = rows.At(part, node_.statistics[s]);
          const auto known = places.find(TextOf(rows.At(part, node_.split)));
          const bool fits = node_.most_in_square == 0 || shown < node_.most_in_square;
          if (known != places.end() && fits) {
            ++shown;
            table.Set(1 + s * names.size() + known->second, value);
          } else if (const std::optional<Number> number = NumberOf(value)) {
            other = other.value_or(0) + number->value;
          }
        }
        if (other) table.Set((s + 1) * names.size(), NumberValue(*other));
      }
    }
    return table.Finish();
  }

  const GeoTableNode& node_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<double> SpanOption(const ast::CommandCall& call, std::string_view name,
                                  double fallback, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> span, binder.Decimal(call, name));
  if (!span) return fallback;
  constexpr double kFinest = 1e-9;
  if (*span >= kFinest && *span <= 360) return *span;
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  return binder.BadOption(*option, binder.TextOf(option->value->span));
}

class GeoBinder {
 public:
  GeoBinder(const ast::CommandCall& call, plan::Binder& binder) : call_(call), binder_(binder) {}

  absl::StatusOr<plan::NodePtr> Bind() {
    auto bin = plan::Make<GeoBinNode>(call_.span);
    auto table = plan::Make<GeoTableNode>(call_.span);
    SPELK_RETURN_IF_ERROR(ReadBin(bin.get()));
    auto groups = plan::Make<plan::AggregateNode>(call_.span);
    groups->by = {bin->bin};
    SPELK_ASSIGN_OR_RETURN(const std::vector<Field> by, binder_.By(call_));
    if (by.size() > 1) {
      return binder_.Error(ErrorCode::kBadArgument, call_.span, "it divides by one field");
    }
    if (!by.empty()) {
      groups->by.push_back(by[0]);
      table->split = by[0];
    }
    SPELK_RETURN_IF_ERROR(binder_.Aggregates(call_, groups->by, false, groups.get()));
    for (const plan::AggregateCall& each : groups->aggregates) {
      if (!each.output) {
        return binder_.Error(ErrorCode::kBadStatistic, each.span,
                             "a statistic takes one field, without wildcards");
      }
      table->statistics.push_back(each.output);
    }
    SPELK_RETURN_IF_ERROR(ReadTable(*bin, table.get()));
    for (const auto& [function, field, output] :
         {std::tuple("sum", bin->latitude, table->latitude),
          std::tuple("sum", bin->longitude, table->longitude),
          std::tuple("count", bin->latitude, table->rows)}) {
      plan::AggregateCall call;
      call.function = function;
      call.field = field;
      call.output = output;
      call.span = call_.span;
      SPELK_RETURN_IF_ERROR(
          binder_.AddStatistic(std::move(call), call_.span, groups->by, groups.get()));
    }
    groups->input = std::move(bin);
    table->input = std::move(groups);
    return table;
  }

 private:
  absl::StatusOr<Field> FieldOf(std::string_view option) {
    SPELK_ASSIGN_OR_RETURN(const std::string name, binder_.Text(call_, option));
    return binder_.Intern(name);
  }

  absl::Status ReadBin(GeoBinNode* bin) {
    SPELK_ASSIGN_OR_RETURN(bin->latitude, FieldOf("latfield"));
    SPELK_ASSIGN_OR_RETURN(bin->longitude, FieldOf("longfield"));
    SPELK_ASSIGN_OR_RETURN(bin->latitude_span, SpanOption(call_, "binspanlat", 22.5, binder_));
    SPELK_ASSIGN_OR_RETURN(bin->longitude_span, SpanOption(call_, "binspanlong", 45, binder_));
    constexpr int64_t kDeepest = 20;
    SPELK_ASSIGN_OR_RETURN(const int64_t zoom, binder_.Integer(call_, "maxzoomlevel", 0, kDeepest));
    bin->most_zoom = static_cast<uint64_t>(zoom);
    bin->bin = binder_.Intern("geobin");
    return absl::OkStatus();
  }

  absl::Status ReadTable(const GeoBinNode& bin, GeoTableNode* table) {
    table->bin = bin.bin;
    table->latitude = binder_.Intern("geostats_latitude_sum");
    table->longitude = binder_.Intern("geostats_longitude_sum");
    table->rows = binder_.Intern("geostats_rows");
    SPELK_ASSIGN_OR_RETURN(table->latitude_as, FieldOf("outputlatfield"));
    SPELK_ASSIGN_OR_RETURN(table->longitude_as, FieldOf("outputlongfield"));
    SPELK_ASSIGN_OR_RETURN(table->wide, binder_.Flag(call_, "translatetoxy"));
    SPELK_ASSIGN_OR_RETURN(const int64_t all, binder_.Integer(call_, "globallimit"));
    SPELK_ASSIGN_OR_RETURN(const int64_t local, binder_.Integer(call_, "locallimit"));
    table->most_series = static_cast<uint64_t>(all);
    table->most_in_square = static_cast<uint64_t>(local);
    return absl::OkStatus();
  }

  const ast::CommandCall& call_;
  plan::Binder& binder_;
};

absl::StatusOr<plan::NodePtr> BindGeoStats(const ast::CommandCall& call, plan::Binder& binder) {
  return GeoBinder(call, binder).Bind();
}

exec::OperatorPtr BuildGeoBin(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<GeoBin>(plan::As<GeoBinNode>(node));
}
exec::OperatorPtr BuildTable(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<GeoTable>(plan::As<GeoTableNode>(node), run);
}

constexpr Argument kGeoStatsArguments[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary = "count, sum(x) AS n …, for each square."},
    {.name = "BY", .type = "field", .fallback = "", .summary = "Its values become columns."},
    {.name = "latfield",
     .type = "field",
     .fallback = "lat",
     .summary = "Degrees of latitude, north of the equator.",
     .is_option = true},
    {.name = "longfield",
     .type = "field",
     .fallback = "lon",
     .summary = "Degrees of longitude, east of Greenwich.",
     .is_option = true},
    {.name = "outputlatfield",
     .type = "field",
     .fallback = "latitude",
     .summary = "Gets the mean latitude of the rows of a square.",
     .is_option = true},
    {.name = "outputlongfield",
     .type = "field",
     .fallback = "longitude",
     .summary = "Gets their mean longitude.",
     .is_option = true},
    {.name = "binspanlat",
     .type = "number",
     .fallback = "22.5",
     .summary = "How many degrees a square is high at the first level.",
     .is_option = true},
    {.name = "binspanlong",
     .type = "number",
     .fallback = "45.0",
     .summary = "How many it is wide.",
     .is_option = true},
    {.name = "maxzoomlevel",
     .type = "int, from 0 to 20",
     .fallback = "9",
     .summary = "The last level; at each, squares are half as high and as wide as before.",
     .is_option = true},
    {.name = "globallimit",
     .type = "int",
     .fallback = "10",
     .summary = "How many series there are, those with the greatest sums; the rest is OTHER. 0 is "
                "all.",
     .is_option = true},
    {.name = "locallimit",
     .type = "int",
     .fallback = "10",
     .summary = "How many a square has at most.",
     .is_option = true},
    {.name = "translatetoxy",
     .type = "bool",
     .fallback = "true",
     .summary = "One row for a square; otherwise one for each series of it.",
     .is_option = true}};
constexpr std::string_view kGeoStatsNotes[] = {
    "a row without a place on the map is left out",
    "OTHER adds up what it holds, which means something for counts and sums",
    "rows stand by level, then from south to north and from west to east"};
constexpr Example kGeoStatsExamples[] = {
    {.title = "Two places in one square",
     .input = R"({"lat":10,"lon":20,"k":"a"} {"lat":12,"lon":22,"k":"b"})",
     .query = "geostats maxzoomlevel=0 count",
     .output = R"({"geobin":"bin_id_zl_0_y_4_x_4","latitude":11,"longitude":21,"count":2})"},
};

constexpr plan::NodeEntry kGeoStatsNodes[] = {{&plan::TypeOf<GeoBinNode>, &BuildGeoBin},
                                              {&plan::TypeOf<GeoTableNode>, &BuildTable}};

}  // namespace

extern constexpr CommandEntry kGeoStats = {
    .name = "geostats",
    .signature =
        "geostats [latfield=<field>] [longfield=<field>] [<option>…] <statistic>… "
        "[BY <field>]",
    .summary = "Computes statistics for the squares of a map.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kGeoStatsArguments,
    .notes = kGeoStatsNotes,
    .examples = kGeoStatsExamples,
    .nodes = kGeoStatsNodes,
    .bind = &BindGeoStats,
};

}  // namespace spelk::commands
