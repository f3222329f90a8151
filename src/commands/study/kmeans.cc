// kmeans: rows divided into k clusters by the distances of their numbers.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

enum class Distance : uint8_t { kCityBlock, kSquares, kCosine };
constexpr size_t EnumSize(Distance) { return 3; }
std::string_view NameOf(Distance distance) {
  constexpr std::string_view kNames[] = {"cityblock", "sqeuclidean", "cosine"};
  return kNames[static_cast<size_t>(distance)];
}

struct KMeansNode final : plan::Node {
  static constexpr std::string_view kName = "kmeans";
  std::vector<Field> names;
  uint64_t least = 2;  // Clusters; more than one number gives a table of them.
  uint64_t most = 2;
  uint64_t repeats = 10;
  uint64_t most_steps = 10'000;
  double tolerance = 0;
  Distance distance = Distance::kSquares;
  bool shows_centroid = true;
  Field cluster;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.runs = Runs::kSink};
    flow.reads = ReadsOf(names);
    if (least != most) {
      flow.passes = false;
      return flow;
    }
    flow.results = false;
    flow.keeps_order = true;
    if (names.empty() || flow.reads.open()) return flow;
    flow.writes = plan::FieldSet::Of({cluster});
    if (shows_centroid) flow.writes.AddPattern("centroid_*");
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return least >= 1 && least <= most; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit("k", least);
    visit("to", most);
    visit("reps", repeats);
    visit("maxiters", most_steps);
    visit("t", tolerance);
    visit("dt", distance);
    visit("showcentroid", shows_centroid);
    visit("cfield", cluster);
  }
};

// Points row by row, so many numbers each.
struct Points {
  size_t dimensions = 0;
  std::vector<double> numbers;
  size_t size() const { return dimensions == 0 ? 0 : numbers.size() / dimensions; }
  const double* at(size_t point) const { return numbers.data() + point * dimensions; }
};

double DistanceOf(const double* a, const double* b, size_t dimensions, Distance how) {
  double sum = 0;
  double of_a = 0;
  double of_b = 0;
  for (size_t d = 0; d < dimensions; ++d) {
    if (how == Distance::kCosine) {
      sum += a[d] * b[d];
      of_a += a[d] * a[d];
      of_b += b[d] * b[d];
    } else {
      const double away = std::fabs(a[d] - b[d]);
      sum += how == Distance::kSquares ? away * away : away;
    }
  }
  if (how != Distance::kCosine) return sum;
  return of_a == 0 || of_b == 0 ? 1 : 1 - sum / std::sqrt(of_a * of_b);
}

struct Clustering {
  std::vector<double> centers;
  std::vector<uint32_t> cluster;  // Of each point.
  double total = 0;               // The distances of all points to their centers.
};

// Numbers that look random and are the same in every run.
class Sequence {
 public:
  explicit Sequence(uint64_t seed) : state_(seed) {}
  // From 0 to below 1.
  double Next() {
    state_ += 0x9E3779B97F4A7C15U;
    uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) * 0x1.0p-53;
  }

 private:
  uint64_t state_;
};

class KMeans final : public WholeSink {
 public:
  KMeans(const KMeansNode& node, const exec::RunContext& run)
      : WholeSink("kmeans", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    std::vector<Field> numeric;
    std::vector<uint32_t> rows_of_points;
    Points points;
    SPELK_RETURN_IF_ERROR(Read(rows, fields, &numeric, &rows_of_points, &points));
    if (node_.least != node_.most) return MakeTable(rows, points, out);
    std::vector<NewColumn> columns = {{node_.cluster, {}}};
    if (node_.shows_centroid) {
      for (const Field field : numeric) {
        SPELK_ASSIGN_OR_RETURN(const Field name,
                               run().fields->TryIntern(fmt::format("centroid_{}", field.name())));
        columns.push_back({name, {}});
      }
    }
    SPELK_RETURN_IF_ERROR(rows.Reserve(columns.size() * rows.size() * sizeof(Value)));
    for (NewColumn& column : columns) column.values.assign(rows.size(), Value::Null());
    if (points.size() > 0) {
      SPELK_ASSIGN_OR_RETURN(const Clustering best, Best(rows, points, node_.least));
      for (size_t p = 0; p < points.size(); ++p) {
        const uint32_t row = rows_of_points[p];
        columns[0].values[row] = Value::Integer(int64_t{best.cluster[p]} + 1);
        for (size_t c = 1; c < columns.size(); ++c) {
          columns[c].values[row] =
              NumberValue(best.centers[best.cluster[p] * points.dimensions + c - 1]);
        }
      }
    }
    return rows.Emit(columns, nullptr, out);
  }

  // The fields that were named, or those in which every row that has them has a number; a point is
  // a row that has a number in all.
  absl::Status Read(AllRows& rows, const std::vector<Field>& fields, std::vector<Field>* numeric,
                    std::vector<uint32_t>* rows_of_points, Points* points) const {
    std::vector<std::vector<double>> columns;
    for (const Field field : fields) {
      if (!TakesField(node_.names, field)) continue;
      SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (2 * sizeof(double) + sizeof(Value))));
      std::vector<double> column;
      bool all_numbers = true;
      bool any = false;
      for (const Value& value : rows.ValuesOf(field)) {
        const std::optional<Number> number = NumberOf(value);
        const bool finite = number && std::isfinite(number->value);
        column.push_back(finite ? number->value : NAN);
        any = any || finite;
        all_numbers = all_numbers && (finite || value.is_null());
      }
      const bool named =
          std::find(node_.names.begin(), node_.names.end(), field) != node_.names.end();
      if (!any || (!all_numbers && !named)) continue;
      numeric->push_back(field);
      columns.push_back(std::move(column));
    }
    points->dimensions = columns.size();
    for (size_t r = 0; r < rows.size() && !columns.empty(); ++r) {
      const bool whole = std::none_of(columns.begin(), columns.end(),
                                      [r](const auto& column) { return std::isnan(column[r]); });
      if (!whole) continue;
      rows_of_points->push_back(static_cast<uint32_t>(r));
      for (const auto& column : columns) points->numbers.push_back(column[r]);
    }
    return absl::OkStatus();
  }

  absl::Status MakeTable(AllRows& rows, const Points& points, exec::Output& out) const {
    SPELK_ASSIGN_OR_RETURN(const Field k, run().fields->TryIntern("k"));
    SPELK_ASSIGN_OR_RETURN(const Field distortion, run().fields->TryIntern("distortion"));
    WideRows table({k, distortion}, run(), "kmeans", out);
    const uint64_t most = std::min<uint64_t>(node_.most, points.size());
    for (uint64_t count = node_.least; count <= most; ++count) {
      SPELK_ASSIGN_OR_RETURN(const Clustering best, Best(rows, points, count));
      SPELK_RETURN_IF_ERROR(table.Begin());
      table.Set(0, Value::Integer(static_cast<int64_t>(count)));
      table.Set(1, NumberValue(best.total));
    }
    return table.Finish();
  }

  absl::StatusOr<Clustering> Best(AllRows& rows, const Points& points, uint64_t count) const {
    count = std::min<uint64_t>(count, points.size());
    const size_t bytes =
        4 * (points.size() * 2 * sizeof(double) + count * points.dimensions * sizeof(double));
    SPELK_RETURN_IF_ERROR(rows.Reserve(bytes));
    std::optional<Clustering> best;
    for (uint64_t repeat = 0; repeat < std::max<uint64_t>(node_.repeats, 1); ++repeat) {
      SPELK_ASSIGN_OR_RETURN(Clustering made, Run(points, count, repeat));
      if (!best || made.total < best->total) best = std::move(made);
    }
    return *std::move(best);
  }

  // Centers are first drawn far from each other, then moved to the middle of what is nearest.
  absl::StatusOr<Clustering> Run(const Points& points, uint64_t count, uint64_t seed) const {
    Clustering made;
    Sequence sequence(seed + 1);
    std::vector<double> nearest(points.size(), INFINITY);
    const auto take = [&](size_t point) {
      const double* at = points.at(point);
      made.centers.insert(made.centers.end(), at, at + points.dimensions);
      for (size_t p = 0; p < points.size(); ++p) {
        nearest[p] =
            std::min(nearest[p], DistanceOf(points.at(p), at, points.dimensions, node_.distance));
      }
    };
    take(static_cast<size_t>(sequence.Next() * static_cast<double>(points.size())));
    for (uint64_t c = 1; c < count; ++c) {
      double sum = 0;
      for (const double each : nearest) sum += each;
      double drawn = sequence.Next() * sum;
      size_t chosen = 0;
      while (chosen + 1 < points.size() && drawn >= nearest[chosen]) drawn -= nearest[chosen++];
      take(chosen);
      SPELK_RETURN_IF_ERROR(run().cancel->status());
    }
    made.cluster.assign(points.size(), 0);
    double before = INFINITY;
    for (uint64_t step = 0; step <= node_.most_steps; ++step) {
      const bool moved = Assign(points, count, &made);
      if (step > 0 && (!moved || before - made.total <= node_.tolerance * before)) break;
      before = made.total;
      MoveCenters(points, count, &made);
      SPELK_RETURN_IF_ERROR(run().cancel->status());
    }
    Renumber(points, count, &made);
    return made;
  }

  // Whether a point changed its cluster.
  bool Assign(const Points& points, uint64_t count, Clustering* made) const {
    bool moved = false;
    made->total = 0;
    for (size_t p = 0; p < points.size(); ++p) {
      uint32_t best = 0;
      double least = INFINITY;
      for (uint32_t c = 0; c < count; ++c) {
        const double away = DistanceOf(points.at(p), made->centers.data() + c * points.dimensions,
                                       points.dimensions, node_.distance);
        if (away < least) {
          least = away;
          best = c;
        }
      }
      moved = moved || best != made->cluster[p];
      made->cluster[p] = best;
      made->total += least;
    }
    return moved;
  }

  static void MoveCenters(const Points& points, uint64_t count, Clustering* made) {
    std::vector<double> sums(made->centers.size(), 0);
    std::vector<double> sizes(count, 0);
    for (size_t p = 0; p < points.size(); ++p) {
      ++sizes[made->cluster[p]];
      for (size_t d = 0; d < points.dimensions; ++d) {
        sums[made->cluster[p] * points.dimensions + d] += points.at(p)[d];
      }
    }
    for (size_t c = 0; c < count; ++c) {
      if (sizes[c] == 0) continue;  // It stays where it was.
      for (size_t d = 0; d < points.dimensions; ++d) {
        made->centers[c * points.dimensions + d] = sums[c * points.dimensions + d] / sizes[c];
      }
    }
  }

  // Clusters are numbered in the order of their first points.
  static void Renumber(const Points& points, uint64_t count, Clustering* made) {
    std::vector<uint32_t> numbers(count, UINT32_MAX);
    uint32_t next = 0;
    for (uint32_t& cluster : made->cluster) {
      if (numbers[cluster] == UINT32_MAX) numbers[cluster] = next++;
      cluster = numbers[cluster];
    }
    std::vector<double> centers(made->centers.size());
    for (size_t c = 0; c < count; ++c) {
      const uint32_t to = numbers[c] == UINT32_MAX ? next++ : numbers[c];
      std::copy_n(made->centers.begin() + static_cast<std::ptrdiff_t>(c * points.dimensions),
                  points.dimensions,
                  centers.begin() + static_cast<std::ptrdiff_t>(to * points.dimensions));
    }
    made->centers = std::move(centers);
  }

  const KMeansNode& node_;
};

// ---------------------------------------------------------------- binding

absl::Status ReadCounts(const ast::CommandCall& call, plan::Binder& binder, KMeansNode* node) {
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.Text(call, "k"));
  const size_t dash = text.find('-');
  const auto least = ParseWholeNumber(text.substr(0, dash));
  const auto most = dash == std::string::npos ? least : ParseWholeNumber(text.substr(dash + 1));
  const bool fits = least && most && *least > 1 && *least <= *most &&
                    *most <= binder.MostOf(plan::kKMeansMaxKValue) &&
                    *most - *least <= binder.MostOf(plan::kKMeansMaxKRange);
  if (!fits) return binder.BadOption(*binder.FindOption(call, "k"), text);
  node->least = *least;
  node->most = *most;
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindKMeans(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<KMeansNode>(call.span);
  SPELK_RETURN_IF_ERROR(ReadCounts(call, binder, node.get()));
  SPELK_ASSIGN_OR_RETURN(const int64_t repeats, binder.Integer(call, "reps", 1, 1000));
  SPELK_ASSIGN_OR_RETURN(const int64_t steps, binder.Integer(call, "maxiters", 1));
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> tolerance, binder.Decimal(call, "t"));
  SPELK_ASSIGN_OR_RETURN(const std::string distance, binder.Choice(call, "dt"));
  SPELK_ASSIGN_OR_RETURN(node->shows_centroid, binder.Flag(call, "showcentroid"));
  SPELK_ASSIGN_OR_RETURN(const std::string cluster, binder.Text(call, "cfield"));
  node->repeats = static_cast<uint64_t>(repeats);
  node->most_steps = static_cast<uint64_t>(steps);
  node->tolerance = tolerance.value_or(0);
  if (distance.starts_with("l1") || distance == "cityblock" || distance == "cb") {
    node->distance = Distance::kCityBlock;
  } else if (distance.starts_with("cos")) {
    node->distance = Distance::kCosine;
  }
  node->cluster = binder.Intern(cluster);
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(binder.Positional(call), true));
  if (node->least != node->most) return node;
  // Rows of one cluster stand together.
  auto sort = plan::Make<plan::SortNode>(call.span);
  sort->keys.push_back({node->cluster, plan::SortBy::kNumber, false});
  sort->input = std::move(node);
  return sort;
}

exec::OperatorPtr BuildKMeans(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<KMeans>(plan::As<KMeansNode>(node), run);
}

constexpr Argument kKMeansArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "Which numbers count; without any all fields that hold numbers alone."},
    {.name = "k",
     .type = "int, or int-int, from 2 to 1000",
     .fallback = "2",
     .summary = "How many clusters; a range gives a table of each k and its distortion, the sum of "
                "all distances.",
     .is_option = true},
    {.name = "reps",
     .type = "int, from 1 to 1000",
     .fallback = "10",
     .summary = "How often it begins anew; the best result stays.",
     .is_option = true},
    {.name = "maxiters",
     .type = "int",
     .fallback = "10000",
     .summary = "How many steps each time at most.",
     .is_option = true},
    {.name = "t",
     .type = "number",
     .fallback = "0",
     .summary = "It stops when a step lessens the distortion by no more than this share.",
     .is_option = true},
    {.name = "dt",
     .type = "one of "
             "sqeuclidean|sq|l2|l2norm|l1|l1norm|cityblock|cb|cosine|cos",
     .fallback = "sqeuclidean",
     .summary = "The distance: squares, absolute differences, or angles.",
     .is_option = true},
    {.name = "cfield",
     .type = "field",
     .fallback = "CLUSTERNUM",
     .summary = "Gets the number of the cluster.",
     .is_option = true},
    {.name = "showcentroid",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether rows get the middle of their cluster, in fields centroid_NAME.",
     .is_option = true}};
constexpr std::string_view kKMeansNotes[] = {
    "it begins at points that look random and are the same in every run",
    "clusters are numbered from 1 in the order of their first rows, and their rows stand together; "
    "a "
    "row that lacks one of the numbers belongs to none and comes last"};
constexpr Example kKMeansExamples[] = {
    {.title = "Two groups of numbers",
     .input = R"({"x":1} {"x":2} {"x":101} {"x":103})",
     .query = "kmeans k=2 x | table x CLUSTERNUM centroid_x",
     .output = R"({"x":1,"CLUSTERNUM":1,"centroid_x":1.5} {"x":2,"CLUSTERNUM":1,"centroid_x":1.5}
                  {"x":101,"CLUSTERNUM":2,"centroid_x":102}
                  {"x":103,"CLUSTERNUM":2,"centroid_x":102})"},
};

constexpr plan::NodeEntry kKMeansNodes[] = {{&plan::TypeOf<KMeansNode>, &BuildKMeans}};

}  // namespace

extern constexpr CommandEntry kKMeans = {
    .name = "kmeans",
    .signature =
        "kmeans [k=<int>[-<int>]] [reps=<int>] [maxiters=<int>] [t=<number>] "
        "[dt=<distance>] [cfield=<field>] [showcentroid=<bool>] [<field>…]",
    .summary = "Divides rows into clusters by their numbers.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kKMeansArguments,
    .notes = kKMeansNotes,
    .examples = kKMeansExamples,
    .nodes = kKMeansNodes,
    .bind = &BindKMeans,
};

}  // namespace spelk::commands
