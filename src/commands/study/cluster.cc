// cluster: rows whose texts are alike, as one.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/string_map.h"
#include "commands/all_rows.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

enum class Match : uint8_t { kTermList, kTermSet, kNgramSet };
constexpr size_t EnumSize(Match) { return 3; }
std::string_view NameOf(Match match) {
  constexpr std::string_view kNames[] = {"termlist", "termset", "ngramset"};
  return kNames[static_cast<size_t>(match)];
}

struct ClusterNode final : plan::Node {
  static constexpr std::string_view kName = "cluster";
  double threshold = 0.8;
  std::string delimiters;  // Empty: all but ASCII letters, digits and _.
  bool shows_count = false;
  bool label_only = false;
  Match match = Match::kTermList;
  Field field;
  Field count;
  Field label;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.runs = Runs::kSink};
    flow.results = false;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({label});
    flow.makes = {label};
    if (shows_count) {
      flow.writes.Add(count);
      flow.makes.push_back(count);
    }
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("t", threshold);
    visit("delims", delimiters);
    visit("showcount", shows_count);
    visit("labelonly", label_only);
    visit("match", match);
    visit("field", field);
    visit("countfield", count);
    visit("labelfield", label);
  }
};

// The terms of a text as numbers: in order for termlist, else sorted.
using TermIds = std::vector<uint32_t>;

// Clusters in the order of their first rows. A text belongs to the most similar cluster by its
// first text, the earlier one of two, if it is similar enough.
class Clusters {
 public:
  Clusters(const ClusterNode& node, AllRows& rows) : node_(node), rows_(rows) {}

  // The number of the cluster.
  absl::StatusOr<uint32_t> Add(std::string_view text) {
    const auto known = known_.find(text);
    if (known != known_.end()) return known->second;
    SPELK_ASSIGN_OR_RETURN(TermIds terms, TermsOf(text));
    uint32_t cluster = Nearest(terms);
    if (cluster == kNone) {
      cluster = static_cast<uint32_t>(firsts_.size());
      SPELK_RETURN_IF_ERROR(rows_.Reserve(terms.size() * 2 * sizeof(uint32_t) + 96));
      TermIds set = terms;
      Unique(&set);
      for (const uint32_t term : set) by_term_[term].push_back(cluster);
      firsts_.push_back(std::move(terms));
    }
    SPELK_RETURN_IF_ERROR(rows_.Reserve(text.size() + 64));
    known_.emplace(std::string(text), cluster);
    return cluster;
  }
  size_t size() const { return firsts_.size(); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  static void Unique(TermIds* terms) {
    std::sort(terms->begin(), terms->end());
    terms->erase(std::unique(terms->begin(), terms->end()), terms->end());
  }

  bool IsDelimiter(char c) const {
    if (!node_.delimiters.empty()) return node_.delimiters.find(c) != std::string::npos;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return !letter && !(c >= '0' && c <= '9') && c != '_';
  }

  absl::Status AddTerm(std::string_view term, TermIds* terms) {
    const auto known = ids_.find(term);
    if (known != ids_.end()) {
      terms->push_back(known->second);
      return absl::OkStatus();
    }
    SPELK_RETURN_IF_ERROR(rows_.Reserve(term.size() + 160));
    const auto id = static_cast<uint32_t>(ids_.size());
    ids_.emplace(std::string(term), id);
    by_term_.emplace_back();
    terms->push_back(id);
    return absl::OkStatus();
  }

  absl::StatusOr<TermIds> TermsOf(std::string_view text) {
    TermIds terms;
    if (node_.match == Match::kNgramSet) {
      constexpr size_t kLetters = 3;
      for (size_t i = 0; i + kLetters <= std::max(text.size(), kLetters); ++i) {
        SPELK_RETURN_IF_ERROR(AddTerm(text.substr(i, kLetters), &terms));
      }
    } else {
      for (size_t begin = 0; begin < text.size();) {
        if (IsDelimiter(text[begin])) {
          ++begin;
          continue;
        }
        size_t end = begin;
        while (end < text.size() && !IsDelimiter(text[end])) ++end;
        SPELK_RETURN_IF_ERROR(AddTerm(text.substr(begin, end - begin), &terms));
        begin = end;
      }
    }
    if (node_.match != Match::kTermList) Unique(&terms);
    return terms;
  }

  uint32_t Nearest(const TermIds& terms) {
    if (terms.empty()) {
      for (uint32_t c = 0; c < firsts_.size(); ++c) {
        if (firsts_[c].empty()) return c;
      }
      return kNone;
    }
    // How many terms each cluster has in common, for sets; for lists a bound of it.
    TermIds set = terms;
    Unique(&set);
    absl::flat_hash_map<uint32_t, uint32_t> common;
    for (const uint32_t term : set) {
      for (const uint32_t cluster : by_term_[term]) ++common[cluster];
    }
    uint32_t best = kNone;
    double most = 0;
    for (const auto& [cluster, count] : common) {
      const double similarity = SimilarityTo(firsts_[cluster], terms, count);
      const bool nearer = similarity > most || (similarity == most && cluster < best);
      if (similarity < node_.threshold || !nearer) continue;
      best = cluster;
      most = similarity;
    }
    return best;
  }

  // From 0 to 1. Of lists the share of places at which both have the same term, of sets the cosine.
  double SimilarityTo(const TermIds& first, const TermIds& terms, uint32_t common) const {
    if (node_.match != Match::kTermList) {
      return common /
             std::sqrt(static_cast<double>(first.size()) * static_cast<double>(terms.size()));
    }
    size_t same = 0;
    for (size_t i = 0; i < std::min(first.size(), terms.size()); ++i) {
      same += first[i] == terms[i] ? 1U : 0U;
    }
    return static_cast<double>(same) / static_cast<double>(std::max(first.size(), terms.size()));
  }

  const ClusterNode& node_;
  AllRows& rows_;
  std::vector<TermIds> firsts_;
  std::vector<std::vector<uint32_t>> by_term_;  // The clusters whose first text has the term.
  StringMap<uint32_t> ids_;
  StringMap<uint32_t> known_;  // Texts that were seen.
};

class Cluster final : public WholeSink {
 public:
  Cluster(const ClusterNode& node, const exec::RunContext& run)
      : WholeSink("cluster", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (3 * sizeof(Value) + sizeof(uint64_t))));
    Clusters clusters(node_, rows);
    std::vector<uint32_t> labels;
    std::vector<bool> kept;
    std::vector<int64_t> counts;
    for (const Value& value : rows.ValuesOf(node_.field)) {
      SPELK_ASSIGN_OR_RETURN(const uint32_t label, clusters.Add(TextOf(value)));
      const bool first = label == counts.size();
      if (first) counts.push_back(0);
      ++counts[label];
      labels.push_back(label);
      kept.push_back(first || node_.label_only);
      SPELK_RETURN_IF_ERROR(run().cancel->status());
    }
    std::vector<NewColumn> columns = {{node_.label, {}}};
    if (node_.shows_count) columns.push_back({node_.count, {}});
    for (const uint32_t label : labels) {
      columns[0].values.push_back(Value::Integer(int64_t{label} + 1));
      if (node_.shows_count) columns[1].values.push_back(Value::Integer(counts[label]));
    }
    return rows.Emit(columns, &kept, out);
  }

  const ClusterNode& node_;
};

absl::StatusOr<plan::NodePtr> BindCluster(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<ClusterNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> threshold, binder.Decimal(call, "t"));
  node->threshold = threshold.value_or(0.8);
  if (!(node->threshold > 0 && node->threshold < 1)) {
    return binder.BadOption(*binder.FindOption(call, "t"),
                            binder.TextOf(binder.FindOption(call, "t")->value->span));
  }
  SPELK_ASSIGN_OR_RETURN(node->delimiters, binder.Text(call, "delims"));
  SPELK_ASSIGN_OR_RETURN(node->shows_count, binder.Flag(call, "showcount"));
  SPELK_ASSIGN_OR_RETURN(node->label_only, binder.Flag(call, "labelonly"));
  SPELK_ASSIGN_OR_RETURN(const std::string match, binder.Choice(call, "match"));
  if (match == "termset") node->match = Match::kTermSet;
  if (match == "ngramset") node->match = Match::kNgramSet;
  SPELK_ASSIGN_OR_RETURN(const std::string field, binder.Text(call, "field"));
  SPELK_ASSIGN_OR_RETURN(const std::string count, binder.Text(call, "countfield"));
  SPELK_ASSIGN_OR_RETURN(const std::string label, binder.Text(call, "labelfield"));
  node->field = binder.Intern(field);
  node->count = binder.Intern(count);
  node->label = binder.Intern(label);
  return node;
}

exec::OperatorPtr BuildCluster(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Cluster>(plan::As<ClusterNode>(node), run);
}

constexpr Argument kClusterArguments[] = {
    {.name = "t",
     .type = "number between 0 and 1",
     .fallback = "0.8",
     .summary = "How similar texts of one cluster are; nearer to 1 makes more clusters.",
     .is_option = true},
    {.name = "delims",
     .type = "text",
     .fallback = "",
     .summary = "The characters between terms; without it all but A-Z, a-z, 0-9 and _.",
     .is_option = true},
    {.name = "showcount",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether rows get the size of their cluster.",
     .is_option = true},
    {.name = "countfield",
     .type = "field",
     .fallback = "cluster_count",
     .summary = "Gets it.",
     .is_option = true},
    {.name = "labelfield",
     .type = "field",
     .fallback = "cluster_label",
     .summary = "Gets the number of the cluster.",
     .is_option = true},
    {.name = "field",
     .type = "field",
     .fallback = "_raw",
     .summary = "Whose texts are compared.",
     .is_option = true},
    {.name = "labelonly",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether all rows stay, instead of the first one of each cluster.",
     .is_option = true},
    {.name = "match",
     .type = "one of termlist|termset|ngramset",
     .fallback = "termlist",
     .summary = "Terms in their order; terms in any order; pieces of three characters.",
     .is_option = true}};
constexpr std::string_view kClusterNotes[] = {
    "Splunk does not publish how it compares: here a text joins the cluster to whose first text it "
    "is most similar, by the share of places with the same term, or the cosine of the two sets",
    "clusters are numbered from 1 in the order of their first rows"};
constexpr Example kClusterExamples[] = {
    {.title = "Messages that differ in one word of five",
     .input = R"({"m":"user ann has logged in"} {"m":"user bob has logged in"} {"m":"disk full"})",
     .query = "cluster field=m showcount=t | table m cluster_count cluster_label",
     .output = R"({"m":"user ann has logged in","cluster_count":2,"cluster_label":1} )"
               R"({"m":"disk full","cluster_count":1,"cluster_label":2})"},
};

constexpr plan::NodeEntry kClusterNodes[] = {{&plan::TypeOf<ClusterNode>, &BuildCluster}};

}  // namespace

extern constexpr CommandEntry kCluster = {
    .name = "cluster",
    .signature =
        "cluster [t=<number>] [delims=<text>] [showcount=<bool>] [countfield=<field>] "
        "[labelfield=<field>] [field=<field>] [labelonly=<bool>] "
        "[match=termlist|termset|ngramset]",
    .summary = "Groups rows whose texts are alike.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kClusterArguments,
    .notes = kClusterNotes,
    .differs =
        "How Splunk compares events is not published; `spelk help cluster` tells how it is done "
        "here.",
    .examples = kClusterExamples,
    .nodes = kClusterNodes,
    .bind = &BindCluster,
};

}  // namespace spelk::commands
