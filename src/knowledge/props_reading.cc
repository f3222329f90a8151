// Reading the settings of props.conf.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "knowledge/input_settings.h"
#include "knowledge/props.h"
#include "knowledge/stanza_pattern.h"
#include "value/ascii.h"
#include "value/regex.h"
#include "value/time_format.h"

namespace spelk::knowledge {
namespace {

constexpr int64_t kPriorityOfLiterals = 100;  // Patterns have 0.

constexpr std::string_view kAlias = "FIELDALIAS-";
constexpr std::string_view kCalculation = "EVAL-";
constexpr std::string_view kReport = "REPORT-";
constexpr std::string_view kLookup = "LOOKUP-";
constexpr std::string_view kTransforms = "TRANSFORMS-";

// Words, parted at blanks and commas; "…" keeps them.
std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  constexpr std::string_view kBetween = " \t\r\n,";
  while (true) {
    const size_t begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const bool quoted = text.front() == '"';
    if (quoted) text.remove_prefix(1);
    const size_t end =
        std::min(quoted ? text.find('"') : text.find_first_of(kBetween), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + (quoted ? 1 : 0)));
  }
}

// The field as an expression names it.
std::string FieldExpression(std::string_view name) {
  std::string out = "'";
  for (const char c : name) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// What only happens when Splunk takes events in, which those at hand have behind them: `spelk apps`
// tells of it, and no search does.
constexpr std::string_view kAtIndexTime = "(index time)";

// Settings of where the time stands in a text.
bool IsOfTime(std::string_view key) {
  constexpr std::string_view kKeys[] = {
      "TIME_PREFIX", "TIME_FORMAT",      "MAX_TIMESTAMP_LOOKAHEAD",
      "TZ",          "TIMESTAMP_FIELDS", "DATETIME_CONFIG"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

// Settings of how texts are read.
bool IsOfText(std::string_view key) {
  return key == "KV_MODE" || key == "AUTO_KV_JSON" || key == "KV_TRIM_SPACES";
}

// Settings that say nothing where they have no value, as a local/ folder takes back what default/
// says. The others have an empty value of their own.
bool IsTakenBack(std::string_view key) {
  constexpr std::string_view kClasses[] = {kAlias,  kCalculation, kExtractClass,
                                           kReport, kLookup,      kTransforms};
  const bool of_class = std::any_of(std::begin(kClasses), std::end(kClasses),
                                    [key](std::string_view each) { return key.starts_with(each); });
  return of_class || IsOfText(key) || key == "rename" || key == "MAX_TIMESTAMP_LOOKAHEAD";
}

}  // namespace

absl::Status Props::AddAll(const Conf& conf, const Conf& transforms,
                           const plan::LookupCatalog& lookups, bool builtin) {
  SPELK_RETURN_IF_ERROR(Read(conf, transforms, lookups, builtin));
  Arrange();
  return absl::OkStatus();
}

absl::Status Props::Read(const Conf& conf, const Conf& transforms,
                         const plan::LookupCatalog& lookups, bool builtin) {
  lookups_ = &lookups;
  for (const Stanza& stanza : conf.stanzas()) {
    const StanzaPattern pattern = ParseStanzaName(stanza.name);
    auto facts = std::make_shared<StanzaFacts>();
    facts->name = stanza.name;
    facts->where = pattern.where;
    facts->rank = pattern.rank;
    facts->literal = pattern.literal;
    facts->priority = pattern.literal ? kPriorityOfLiterals : 0;
    facts->builtin = builtin;
    const Setting* priority = stanza.Find("priority");
    if (priority != nullptr && !priority->value.empty()) {
      const char* end = priority->value.data() + priority->value.size();
      if (std::from_chars(priority->value.data(), end, facts->priority).ptr != end) {
        return absl::InvalidArgumentError(
            fmt::format("{}: priority must be a whole number", conf.PlaceOf(*priority)));
      }
    }
    Rule common;
    common.stanza = std::move(facts);
    common.only_missing = builtin;
    for (const Setting& setting : stanza.settings) {
      if (setting.value.empty() && IsTakenBack(setting.key)) continue;
      Rule rule = common;
      rule.key = setting.key;
      rule.place = conf.PlaceOf(setting);
      absl::Status status = AddSetting(conf, transforms, setting, rule);
      if (!status.ok()) AddBroken(setting, transforms, rule, std::move(status));
    }
  }
  return absl::OkStatus();
}

void Props::Arrange() {
  inputs_.clear();
  for (const TextRule& each : input_rules_) inputs_.push_back(each.setting);
  // A scan may be reading them: those of spelk's own that come later have none.
  if (times_.size() != time_rules_.size()) {
    times_.clear();
    for (const TextRule& each : time_rules_) times_.push_back(each.setting);
  }
  order_.resize(rules_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::stable_sort(order_.begin(), order_.end(),
                   [this](size_t a, size_t b) { return ComesBefore(rules_[a], rules_[b]); });
}

namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// The names of groups in a regular expression that may not be one, and those before `::`.
void AddNamesIn(std::string_view text, std::vector<std::string>* names) {
  for (size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const std::string_view before = text.substr(0, at);
    const std::string_view rest = text.substr(at + 1);
    const size_t end = rest.find('>');
    const std::string_view name = rest.substr(0, end);
    const bool group = before.ends_with("(?") || before.ends_with("(?P");
    if (group && end != std::string_view::npos && !name.empty() &&
        std::all_of(name.begin(), name.end(), &IsNameCharacter)) {
      names->emplace_back(name);
    }
  }
  for (size_t at = text.find("::"); at != std::string_view::npos; at = text.find("::", at + 2)) {
    size_t begin = at;
    while (begin > 0 && IsNameCharacter(text[begin - 1])) --begin;
    if (begin < at) names->emplace_back(text.substr(begin, at - begin));
  }
}

}  // namespace

void Props::AddBroken(const Setting& setting, const Conf& transforms, const Rule& common,
                      absl::Status status) {
  Broken broken;
  broken.what = fmt::format("{} of [{}] ({})", setting.key, common.stanza->name, common.place);
  const std::string_view key = setting.key;
  if (key.starts_with(kCalculation)) {
    broken.fields.emplace_back(key.substr(kCalculation.size()));
  } else if (key.starts_with(kReport)) {
    for (const std::string& name : WordsOf(setting.value)) {
      const Stanza* stanza = transforms.Find(name);
      if (stanza == nullptr) continue;
      AddNamesIn(stanza->Text("REGEX"), &broken.fields);
      AddNamesIn(stanza->Text("FORMAT"), &broken.fields);
    }
  } else if (key.starts_with(kExtractClass)) {
    AddNamesIn(setting.value, &broken.fields);
  } else if (InputSettings::Takes(key)) {
    broken.fields = {std::string(kAtIndexTime)};
  } else if (IsOfTime(key)) {
    broken.fields = {"_time", std::string(hidden::kTime.name())};
  } else {
    broken.fields = WordsOf(setting.value);
  }
  broken.status = std::move(status);
  broken_.push_back(std::move(broken));
}

void Props::AddFields(const Conf& conf) {
  for (const Stanza& stanza : conf.stanzas()) {
    const Setting* tokenizer = stanza.Find(kTokenizer);
    if (tokenizer == nullptr || tokenizer->value.empty()) continue;
    Rule rule;
    auto facts = std::make_shared<StanzaFacts>();
    facts->name = stanza.name;
    rule.stanza = std::move(facts);
    rule.key = fmt::format("{}-{}", kTokenizer, stanza.name);
    rule.place = conf.PlaceOf(*tokenizer);
    rule.kind = plan::RuleKind::kExtract;
    rule.targets = {stanza.name};
    NamedExtraction& made = rule.extraction.emplace();
    made.source = stanza.name;
    made.targets = rule.targets;
    made.extraction.regex = tokenizer->value;
    made.extraction.values = {{{"", ""}, {1}}};
    made.extraction.repeat = true;  // All matches, in the place of the value.
    const absl::StatusOr<Regex> regex = Regex::Compile(tokenizer->value);
    const bool has_group = regex.ok() && regex->capture_count() > 0;
    if (!has_group) {
      Broken broken;
      broken.what = fmt::format("{} of [{}] ({})", kTokenizer, stanza.name, rule.place);
      broken.fields = {stanza.name};
      broken.status = absl::InvalidArgumentError(
          fmt::format("{}: {}: {}", rule.place, kTokenizer,
                      regex.ok() ? "the first group is a value, and there is none"
                                 : MessageOf(regex.status())));
      broken_.push_back(std::move(broken));
      continue;
    }
    Add(std::move(rule));
  }
  Arrange();
}

std::vector<std::string> Props::Problems() const {
  std::vector<std::string> problems;
  for (const Broken& broken : broken_) problems.emplace_back(MessageOf(broken.status));
  for (const Unbuilt& unbuilt : unbuilt_) {
    problems.push_back(fmt::format("{}: not built yet", unbuilt.what));
  }
  return problems;
}

void Props::Add(Rule rule) {
  if (rule.stanza->builtin && rule.kind == plan::RuleKind::kAlias && !rule.again) {
    Rule again = rule;
    again.again = true;
    Add(std::move(again));
  }
  if (!rule.stanza->builtin) by_key_[rule.key].push_back(rules_.size());
  rule.phase = PhaseOf(rule);
  rules_.push_back(std::move(rule));
}

absl::Status Props::AddSetting(const Conf& conf, const Conf& transforms, const Setting& setting,
                               const Rule& common) {
  const std::string_view key = setting.key;
  if (key.starts_with(kAlias)) return AddAliases(conf, setting, common);
  if (key.starts_with(kExtractClass)) return AddExtraction(conf, setting, common);
  if (key.starts_with(kReport)) return AddTransforms(conf, transforms, setting, common);
  if (key.starts_with(kLookup)) return AddLookup(conf, setting, common);
  if (key.starts_with(kTransforms)) return AddIndexTime(conf, transforms, setting, common);
  if (key == "rename" && common.stanza->rank == 1) {
    renames_[common.stanza->name] = setting.value;
  }
  if (IsOfTime(key)) return AddTimeSetting(setting, common);
  if (InputSettings::Takes(key)) return AddInputSetting(setting, common);
  if (IsOfText(key)) return AddTextSetting(conf, setting, common);
  if (!key.starts_with(kCalculation)) return absl::OkStatus();
  Rule rule = common;
  rule.kind = plan::RuleKind::kCalculate;
  rule.targets = {std::string(key.substr(kCalculation.size()))};
  rule.expression = setting.value;
  if (rule.targets[0].empty() || rule.expression.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected EVAL-field = expression", rule.place));
  }
  Add(std::move(rule));
  return absl::OkStatus();
}

absl::Status Props::AddTextSetting(const Conf& conf, const Setting& setting, const Rule& common) {
  if (setting.key == "KV_MODE") {
    // The last one is spelk's own.
    constexpr std::string_view kModes[] = {"none", "auto", "auto_escaped", "multi",
                                           "json", "xml",  "windows"};
    const bool known =
        std::any_of(std::begin(kModes), std::end(kModes),
                    [&](std::string_view mode) { return EqualsIgnoringCase(setting.value, mode); });
    if (!known) AddUnbuilt(conf, common.stanza->name, setting, {}, " = " + setting.value);
    if (!known) return absl::OkStatus();
  }
  InsertByPrecedence({{common.stanza->where, setting.key, setting.value, common.stanza->builtin},
                      common.stanza->rank,
                      common.stanza->priority},
                     &texts_);
  return absl::OkStatus();
}

void Props::InsertByPrecedence(TextRule rule, std::vector<TextRule>* rules) {
  const auto before = [](const TextRule& a, const TextRule& b) {
    return std::tuple(-a.rank, -a.priority, a.setting.builtin, a.setting.where.name) <
           std::tuple(-b.rank, -b.priority, b.setting.builtin, b.setting.where.name);
  };
  rules->insert(std::upper_bound(rules->begin(), rules->end(), rule, before), std::move(rule));
}

absl::Status Props::AddTimeSetting(const Setting& setting, const Rule& common) {
  const auto wrong = [&](std::string_view what) {
    return absl::InvalidArgumentError(fmt::format("{}: {}: {}", common.place, setting.key, what));
  };
  if (setting.key == "TIME_PREFIX") {
    const absl::StatusOr<Regex> regex = Regex::Compile(setting.value);
    if (!regex.ok()) return wrong(MessageOf(regex.status()));
  } else if (setting.key == "TZ" && !setting.value.empty()) {
    const absl::StatusOr<absl::TimeZone> zone = LoadZone(setting.value);
    if (!zone.ok()) return wrong(MessageOf(zone.status()));
  } else if (setting.key == "MAX_TIMESTAMP_LOOKAHEAD") {
    int64_t most = 0;
    const char* end = setting.value.data() + setting.value.size();
    const auto [at, error] = std::from_chars(setting.value.data(), end, most);
    if (error != std::errc() || at != end) return wrong("expected a whole number");
  }
  InsertByPrecedence({{common.stanza->where, setting.key, setting.value, common.stanza->builtin},
                      common.stanza->rank,
                      common.stanza->priority},
                     &time_rules_);
  return absl::OkStatus();
}

absl::Status Props::AddInputSetting(const Setting& setting, const Rule& common) {
  // Elsewhere it means nothing.
  if (setting.key == "sourcetype" && common.stanza->rank != 3) return absl::OkStatus();
  if (common.stanza->where.stanza == plan::StanzaKind::kHost) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: {}: no input tells its host before it is read, so that host:: does not apply",
        common.place, setting.key));
  }
  // One that means nothing is told to whoever reads such an input.
  InsertByPrecedence({{common.stanza->where, setting.key, setting.value, common.stanza->builtin},
                      common.stanza->rank,
                      common.stanza->priority},
                     &input_rules_);
  const absl::Status status = InputSettings::Check(setting.key, setting.value);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{}: {}: {}", common.place, setting.key, MessageOf(status)));
}

absl::Status Props::AddAliases(const Conf& conf, const Setting& setting, const Rule& common) {
  const std::vector<std::string> words = WordsOf(setting.value);
  const std::string place = conf.PlaceOf(setting);
  for (size_t i = 0; i < words.size(); i += 3) {
    const bool as_new = i + 2 < words.size() && EqualsIgnoringCase(words[i + 1], "asnew");
    if (i + 2 >= words.size() || (!as_new && !EqualsIgnoringCase(words[i + 1], "as"))) {
      return absl::InvalidArgumentError(
          fmt::format("{}: expected {} = field AS alias", place, setting.key));
    }
    Rule rule = common;
    rule.kind = plan::RuleKind::kAlias;
    rule.targets = {words[i + 2]};
    rule.expression = words[i];
    rule.only_missing = common.only_missing || as_new;
    Add(std::move(rule));
  }
  return absl::OkStatus();
}

RegexCheck Props::CheckOf(const Rule& common) {
  return common.stanza->builtin ? RegexCheck::kTrust : RegexCheck::kCompile;
}

absl::Status Props::AddExtraction(const Conf&, const Setting& setting, const Rule& common) {
  absl::StatusOr<NamedExtraction> made = ParseExtract(setting.value, CheckOf(common));
  if (!made.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}: {}", common.place, setting.key, MessageOf(made.status())));
  }
  Rule rule = common;
  rule.kind = plan::RuleKind::kExtract;
  rule.targets = made->targets;
  rule.extraction = *std::move(made);
  Add(std::move(rule));
  return absl::OkStatus();
}

absl::Status Props::AddTransforms(const Conf& conf, const Conf& transforms, const Setting& setting,
                                  const Rule& common) {
  for (const std::string& name : WordsOf(setting.value)) {
    const Stanza* stanza = transforms.Find(name);
    if (stanza == nullptr) {
      AddUnbuilt(conf, common.stanza->name, setting, {},
                 fmt::format(", which names the transform {} that is not there", name));
      continue;
    }
    absl::StatusOr<std::optional<NamedExtraction>> made = ParseTransform(*stanza, CheckOf(common));
    if (absl::IsUnimplemented(made.status())) {
      AddUnbuilt(conf, common.stanza->name, setting, {},
                 fmt::format(", whose transform {} has {}", name, MessageOf(made.status())));
      continue;
    }
    if (!made.ok()) {
      const std::string place =
          stanza->settings.empty() ? common.place : transforms.PlaceOf(stanza->settings.front());
      return absl::InvalidArgumentError(
          fmt::format("{}: [{}]: {}", place, name, MessageOf(made.status())));
    }
    if (!*made) continue;
    Rule rule = common;
    rule.kind = plan::RuleKind::kExtract;
    rule.targets = (*made)->targets;
    rule.extraction = *std::move(*made);
    Add(std::move(rule));
  }
  return absl::OkStatus();
}

namespace {

// "name=expression, name:=expression": parted at commas outside quotes and parentheses.
std::vector<std::string_view> PartsOf(std::string_view list) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i <= list.size(); ++i) {
    const bool end = i == list.size();
    if (!end && list[i] == '\\') {
      ++i;
    } else if (!end && list[i] == '"') {
      quoted = !quoted;
    } else if (!end && !quoted && (list[i] == '(' || list[i] == ')')) {
      depth += list[i] == '(' ? 1 : -1;
    } else if (end || (!quoted && depth <= 0 && list[i] == ',')) {
      const std::string_view part = TrimBlanks(list.substr(begin, i - begin));
      if (!part.empty()) parts.push_back(part);
      begin = i + 1;
    }
  }
  return parts;
}

}  // namespace

// INGEST_EVAL, each expression after the other; `=` adds a value to those there are, `:=` replaces
// them.
absl::Status Props::AddIngestEval(const Conf& conf, const Setting& list, const Setting& setting,
                                  const Rule& common) {
  for (const std::string_view part : PartsOf(list.value)) {
    const size_t equals = part.find('=');
    const bool replaces = equals != std::string_view::npos && equals > 0 && part[equals - 1] == ':';
    const std::string name(TrimBlanks(part.substr(0, replaces ? equals - 1 : equals)));
    if (equals == std::string_view::npos || name.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: INGEST_EVAL takes field=expression, not \"{}\"", common.place, part));
    }
    if (!plan::TextMayName(name) || name == "queue") {
      AddUnbuilt(conf, common.stanza->name, setting, {name}, fmt::format(", which sets {}", name));
      continue;
    }
    Rule rule = common;
    rule.kind = plan::RuleKind::kCalculate;
    rule.ingest = true;
    rule.targets = {name};
    const std::string expression(TrimBlanks(part.substr(equals + 1)));
    rule.expression =
        replaces ? expression : fmt::format("mvappend({}, {})", FieldExpression(name), expression);
    Add(std::move(rule));
  }
  return absl::OkStatus();
}

// TRANSFORMS-: fields that Splunk makes when it takes events in.
absl::Status Props::AddIndexTime(const Conf& conf, const Conf& transforms, const Setting& setting,
                                 const Rule& common) {
  for (const std::string& name : WordsOf(setting.value)) {
    const Stanza* stanza = transforms.Find(name);
    if (stanza == nullptr) {
      AddUnbuilt(conf, common.stanza->name, setting, {std::string(kAtIndexTime)},
                 fmt::format(", which names the transform {} that is not there", name));
      continue;
    }
    if (const Setting* list = stanza->Find("INGEST_EVAL")) {
      SPELK_RETURN_IF_ERROR(AddIngestEval(conf, *list, setting, common));
      continue;
    }
    AddUnbuilt(conf, common.stanza->name, setting, {std::string(kAtIndexTime)},
               fmt::format(", whose transform {} is for index time", name));
  }
  return absl::OkStatus();
}

absl::Status Props::AddLookup(const Conf&, const Setting& setting, const Rule& common) {
  const std::vector<std::string> words = WordsOf(setting.value);
  const auto wrong = [&] {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected {} = table column [AS field] … [OUTPUT|OUTPUTNEW column [AS "
                    "field] …]",
                    common.place, setting.key));
  };
  if (words.size() < 2) return wrong();
  Lookup lookup;
  lookup.table = words[0];
  auto* columns = &lookup.inputs;
  for (size_t i = 1; i < words.size(); ++i) {
    const bool only_missing = EqualsIgnoringCase(words[i], "outputnew");
    if (only_missing || EqualsIgnoringCase(words[i], "output")) {
      if (columns == &lookup.outputs) return wrong();
      columns = &lookup.outputs;
      lookup.only_missing = only_missing;
    } else if (EqualsIgnoringCase(words[i], "as")) {
      if (columns->empty() || i + 1 == words.size()) return wrong();
      columns->back().second = words[++i];
    } else {
      columns->emplace_back(words[i], words[i]);
    }
  }
  if (lookup.inputs.empty() || (columns == &lookup.outputs && columns->empty())) return wrong();
  Rule rule = common;
  rule.kind = plan::RuleKind::kLookup;
  for (const auto& [column, field] : lookup.outputs) rule.targets.push_back(field);
  rule.only_missing = common.only_missing || lookup.only_missing;
  rule.lookup = std::move(lookup);
  Add(std::move(rule));
  return absl::OkStatus();
}

void Props::AddUnbuilt(const Conf& conf, const std::string& stanza, const Setting& setting,
                       std::vector<std::string> fields, std::string_view why) {
  unbuilt_.push_back(
      {fmt::format("{} of [{}] ({}){}", setting.key, stanza, conf.PlaceOf(setting), why),
       std::move(fields)});
}

}  // namespace spelk::knowledge
