// bucketdir: paths put together by directories, so that few rows are left.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <queue>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/string_map.h"
#include "commands/all_rows.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

struct BucketDirNode final : plan::Node {
  static constexpr std::string_view kName = "bucketdir";
  Field path;
  Field size;
  Field count;  // May be the same.
  uint64_t most = 20;
  std::string separator;  // Empty: the one that the paths have.
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    // The first row of a path says where it comes.
    plan::Dataflow flow{.order = Order::kNeeds, .keeps_order = true, .runs = Runs::kSink};
    flow.reads = plan::FieldSet::Of(columns);
    // Rows that are put together lose their other fields.
    flow.writes = plan::FieldSet::All();
    flow.makes = columns;
    return flow;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    if (!before) return std::nullopt;
    plan::FieldSet after = plan::FieldSet::Of(*before);
    after.Add(plan::FieldSet::Of(columns));
    return after.fields();
  }
  bool WellFormed(const plan::Registry&) const { return !columns.empty() && separator.size() <= 1; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("pathfield", path);
    visit("sizefield", size);
    visit("countfield", count);
    visit("maxcount", most);
    visit("sep", separator);
    visit("columns", columns);
  }
};

constexpr uint32_t kNoFolder = UINT32_MAX;

// A path, or a directory of some: what all rows below it have together.
struct Place {
  uint32_t parent = kNoFolder;
  std::string path;
  size_t first = SIZE_MAX;  // The first row.
  ExactSum size;
  ExactSum count;
  uint64_t entries = 0;    // Rows of the result below it, or itself.
  uint64_t rows = 0;       // That have it for a path.
  bool is_bucket = false;  // What is below it is one row.
};

class Places {
 public:
  Places(char separator, AllRows& rows) : separator_(separator), rows_(rows) {}

  absl::Status Add(std::string_view path, size_t row, const Value& size, const Value& count) {
    SPELK_ASSIGN_OR_RETURN(const uint32_t place, PlaceOf(path));
    const bool added = places_[place].rows++ == 0;
    entries_ += added ? 1 : 0;
    for (uint32_t each = place; each != kNoFolder; each = places_[each].parent) {
      Place& here = places_[each];
      here.first = std::min(here.first, row);
      here.size.AddNumber(size);
      here.count.AddNumber(count);
      here.entries += added ? 1 : 0;
    }
    return absl::OkStatus();
  }

  // Puts directories together until there are at most so many rows, or nothing is left to be. A
  // directory after which there are fewer rows than that is taken only where no other one is left.
  void Roll(uint64_t most) {
    std::priority_queue<Candidate> queue;
    for (uint32_t place = 0; place < places_.size(); ++place) Offer(place, &queue);
    while (entries_ > most && !queue.empty()) {
      const Candidate best = queue.top();
      queue.pop();
      Place& place = places_[best.place];
      if (place.entries != best.files || IsCovered(best.place)) continue;  // It changed since.
      if (entries_ - (place.entries - 1) < most) continue;
      PutTogether(best.place);
      for (uint32_t each = place.parent; each != kNoFolder; each = places_[each].parent) {
        Offer(each, &queue);
      }
    }
    if (entries_ > most) RollLast();
  }

  // In the order of their first rows.
  std::vector<const Place*> Rows() const {
    std::vector<const Place*> rows;
    for (uint32_t place = 0; place < places_.size(); ++place) {
      const Place& each = places_[place];
      if ((each.is_bucket || each.rows > 0) && !IsCovered(place)) rows.push_back(&each);
    }
    std::sort(rows.begin(), rows.end(), [](const Place* a, const Place* b) {
      return std::tie(a->first, a->path) < std::tie(b->first, b->path);
    });
    return rows;
  }

 private:
  // Directories with many files and few events come first, of equal ones the longer path.
  struct Candidate {
    uint32_t place = 0;
    uint64_t files = 0;
    double events = 0;
    std::string_view path;

    friend bool operator<(const Candidate& a, const Candidate& b) {
      const double left = static_cast<double>(a.files) * b.events;
      const double right = static_cast<double>(b.files) * a.events;
      if (left != right) return left < right;
      if (a.path.size() != b.path.size()) return a.path.size() < b.path.size();
      return a.path > b.path;
    }
  };

  // Of directories each of which is more than enough, the one with the fewest rows.
  void RollLast() {
    std::priority_queue<Candidate> queue;
    uint64_t fewest = UINT64_MAX;
    for (uint32_t place = 0; place < places_.size(); ++place) {
      const uint64_t entries = places_[place].entries;
      if (entries < 2 || entries > fewest || IsCovered(place)) continue;
      if (entries < fewest) queue = {};
      fewest = entries;
      Offer(place, &queue);
    }
    if (!queue.empty()) PutTogether(queue.top().place);
  }

  void PutTogether(uint32_t place) {
    const uint64_t fewer = places_[place].entries - 1;
    places_[place].is_bucket = true;
    entries_ -= fewer;
    for (uint32_t each = place; each != kNoFolder; each = places_[each].parent) {
      places_[each].entries -= fewer;
    }
  }

  void Offer(uint32_t place, std::priority_queue<Candidate>* queue) const {
    const Place& each = places_[place];
    if (each.entries < 2) return;
    // What has no events is as good as nearly none, so that all ratios are numbers.
    constexpr double kLeast = 1e-9;
    queue->push({place, each.entries, std::max(each.count.Result(), kLeast), each.path});
  }

  // Whether it lies below what is one row.
  bool IsCovered(uint32_t place) const {
    for (uint32_t each = places_[place].parent; each != kNoFolder; each = places_[each].parent) {
      if (places_[each].is_bucket) return true;
    }
    return false;
  }

  // "/var/log/a" lies in "/var/log/", that in "/var/", that in "/".
  absl::StatusOr<uint32_t> PlaceOf(std::string_view path) {
    uint32_t parent = kNoFolder;
    for (size_t begin = 0; begin <= path.size();) {
      const size_t end = path.find(separator_, begin);
      const std::string_view here = path.substr(0, std::min(end, path.size() - 1) + 1);
      // Only so many directories of one path count: what is deeper is part of the name.
      constexpr size_t kMostBytes = 1024;
      const bool deep = begin > kMostBytes;
      const std::string_view key = deep ? path : here;
      const auto known = by_path_.find(key);
      if (known != by_path_.end()) {
        parent = known->second;
      } else {
        SPELK_RETURN_IF_ERROR(rows_.Reserve(sizeof(Place) * 2 + 4 * key.size() + 512));
        by_path_.emplace(std::string(key), static_cast<uint32_t>(places_.size()));
        Place& made = places_.emplace_back();
        made.parent = parent;
        made.path = key;
        parent = static_cast<uint32_t>(places_.size() - 1);
      }
      if (key.size() == path.size()) break;
      begin = end + 1;
    }
    return parent;
  }

  const char separator_;
  AllRows& rows_;
  std::vector<Place> places_;
  StringMap<uint32_t> by_path_;
  uint64_t entries_ = 0;
};

class BucketDir final : public WholeSink {
 public:
  BucketDir(const BucketDirNode& node, const exec::RunContext& run)
      : WholeSink("bucketdir", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    run().warnings->Add(ErrorCode::kDiffers,
                        "bucketdir: Splunk does not publish which directories it prefers, so "
                        "others may be put together: `spelk help bucketdir`");
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * 3 * sizeof(Value)));
    const std::vector<Value> paths = rows.ValuesOf(node_.path);
    const std::vector<Value> sizes = rows.ValuesOf(node_.size);
    std::vector<Value> counts = rows.ValuesOf(node_.count);
    const bool counted = std::any_of(counts.begin(), counts.end(),
                                     [](const Value& count) { return !count.is_null(); });
    if (!counted) counts = sizes;
    Places places(SeparatorOf(paths), rows);
    for (size_t r = 0; r < paths.size(); ++r) {
      if (paths[r].is_null()) continue;
      const std::string path = TextOf(paths[r].each().front());
      if (path.empty()) continue;
      SPELK_RETURN_IF_ERROR(places.Add(path, r, sizes[r], counts[r]));
    }
    places.Roll(node_.most);
    std::vector<const Place*> result = places.Rows();
    if (result.size() > node_.most) {
      run().warnings->Add(
          ErrorCode::kTruncated,
          fmt::format("bucketdir: {} paths have no directory in common; kept the first {}",
                      result.size(), node_.most));
      result.resize(node_.most);
    }
    return Write(result, counted, fields, rows, out);
  }

  char SeparatorOf(const std::vector<Value>& paths) const {
    if (!node_.separator.empty()) return node_.separator[0];
    bool windows = false;
    for (const Value& value : paths) {
      if (value.is_null()) continue;
      const std::string path = TextOf(value.each().front());
      if (path.find('/') != std::string::npos) return '/';
      windows = windows || path.find('\\') != std::string::npos;
    }
    return windows ? '\\' : '/';
  }

  // Each in the place of its first row, whose other fields stay if it is that row alone.
  absl::Status Write(const std::vector<const Place*>& result, bool counted,
                     const std::vector<Field>& fields, AllRows& rows, exec::Output& out) const {
    std::vector<NewColumn> columns;
    std::vector<bool> kept(rows.size(), false);
    const size_t most = node_.columns.size() + fields.size();
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (most * sizeof(Value) + 1)));
    for (const Field field : node_.columns) {
      columns.push_back({field, std::vector<Value>(rows.size(), Value::Null())});
    }
    for (const Place* place : result) {
      kept[place->first] = true;
      columns[0].values[place->first] = Value::Text(place->path);
      columns[1].values[place->first] = NumberValue(place->size.Result());
      if (columns.size() < 3 || !counted) continue;
      columns[2].values[place->first] = NumberValue(place->count.Result());
    }
    for (const Field field : fields) {
      if (std::find(node_.columns.begin(), node_.columns.end(), field) != node_.columns.end()) {
        continue;
      }
      NewColumn column{field, rows.ValuesOf(field)};
      for (const Place* place : result) {
        if (place->is_bucket || place->rows > 1) column.values[place->first] = Value::Null();
      }
      columns.push_back(std::move(column));
    }
    return rows.Emit(columns, &kept, out);
  }

  const BucketDirNode& node_;
};

absl::StatusOr<plan::NodePtr> BindBucketDir(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<BucketDirNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string path, binder.Text(call, "pathfield"));
  SPELK_ASSIGN_OR_RETURN(const std::string size, binder.Text(call, "sizefield"));
  SPELK_ASSIGN_OR_RETURN(const std::string count, binder.Text(call, "countfield"));
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "maxcount", 1));
  SPELK_ASSIGN_OR_RETURN(node->separator, binder.Text(call, "sep"));
  if (node->separator == "\\\\") node->separator = "\\";
  if (node->separator.size() != 1 && binder.FindOption(call, "sep") != nullptr) {
    return binder.BadOption(*binder.FindOption(call, "sep"), node->separator);
  }
  node->path = binder.Intern(path);
  node->size = binder.Intern(size);
  node->count = binder.Intern(count);
  node->most = static_cast<uint64_t>(most);
  if (node->path == node->size || node->path == node->count) {
    return binder.Error(ErrorCode::kBadArgument, call.name.span,
                        "the path and its numbers are different fields");
  }
  node->columns = {node->path, node->size};
  if (node->count != node->size) node->columns.push_back(node->count);
  return node;
}

exec::OperatorPtr BuildBucketDir(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<BucketDir>(plan::As<BucketDirNode>(node), run);
}

constexpr Argument kBucketDirArguments[] = {
    {.name = "pathfield",
     .type = "field",
     .fallback = "source",
     .summary = "Which field holds the path.",
     .is_option = true},
    {.name = "sizefield",
     .type = "field",
     .fallback = "totalCount",
     .summary = "A number of each row, which is summed up.",
     .is_option = true},
    {.name = "countfield",
     .type = "field",
     .fallback = "totalCount",
     .summary = "How many events a row stands for, likewise; where no row has it, sizefield says.",
     .is_option = true},
    {.name = "maxcount",
     .type = "a positive whole number",
     .fallback = "20",
     .summary = "How many rows are left at most.",
     .is_option = true},
    {.name = "sep",
     .type = "character",
     .fallback = "",
     .summary =
         "What stands between the directories of a path; without it \\ where paths hold that "
         "and none has a /, otherwise /.",
     .is_option = true}};
constexpr std::string_view kBucketDirNotes[] = {
    "as long as there are too many rows, those of one directory become one, which has its name "
    "with the separator: the directory with the most rows for its events first, the deeper one of "
    "two; one that would leave fewer rows than maxcount only where no other is left, and then that "
    "with the fewest rows",
    "a row without a path is left out; of a multivalue the first path counts; rows come in the "
    "order of their first paths",
    "a row that stands for itself alone keeps its other fields; rows that are put together, by a "
    "directory or because they have the same path, have the path and the numbers",
    "Splunk's page calls the command streaming; which directories are put together depends on all "
    "rows, and so it processes whole data sets here"};
constexpr Example kBucketDirExamples[] = {
    {.title = "Two rows out of four",
     .input = R"({"p":"/var/log/a","n":1} {"p":"/var/log/b","n":2} {"p":"/var/db","n":90} )"
              R"({"p":"/var/log/c","n":3})",
     .query = "bucketdir pathfield=p sizefield=n maxcount=2 | table p n",
     .output = R"({"p":"/var/log/","n":6} {"p":"/var/db","n":90})"},
};

constexpr plan::NodeEntry kBucketDirNodes[] = {{&plan::TypeOf<BucketDirNode>, &BuildBucketDir}};

}  // namespace

extern constexpr CommandEntry kBucketDir = {
    .name = "bucketdir",
    .signature =
        "bucketdir pathfield=<field> sizefield=<field> [maxcount=<int>] "
        "[countfield=<field>] [sep=<character>]",
    .summary = "Puts paths together by directories.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kBucketDirArguments,
    .notes = kBucketDirNotes,
    .differs =
        "Splunk does not publish which directories it prefers; `spelk help bucketdir` tells "
        "which are put together here.",
    .examples = kBucketDirExamples,
    .nodes = kBucketDirNodes,
    .bind = &BindBucketDir,
};

}  // namespace spelk::commands
