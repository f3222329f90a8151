// The public API.
#include "spelk/engine.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "engine/app_problems.h"
#include "engine/help.h"
#include "engine/impl.h"
#include "engine/query_run.h"
#include "engine/runner.h"
#include "engine/support_matrix.h"
#include "io/terminal_text.h"
#include "plan/limits.h"
#include "spelk/read.h"
#include "value/regex.h"
#include "value/relative_time.h"
#include "value/timestamp.h"
#include "value/utf8.h"

namespace spelk {
namespace engine {

ErrorDetail ToDetail(const Diagnostic& diagnostic, const Source& source) {
  const Span written = source.Written(diagnostic.span);
  const LineColumn place = source.Locate(written.begin);
  ErrorDetail detail;
  detail.code = CodeText(diagnostic.code);
  detail.warning = diagnostic.severity == Severity::kWarning;
  detail.offset = written.begin;
  detail.length = written.size();
  detail.line = place.line;
  detail.column = place.column;
  detail.message = diagnostic.message;
  detail.notes = diagnostic.notes;
  detail.rendered = Render(diagnostic, source);
  return detail;
}

ErrorDetail ToDetail(const Diagnostic& diagnostic) {
  ErrorDetail detail;
  detail.code = CodeText(diagnostic.code);
  detail.warning = diagnostic.severity == Severity::kWarning;
  detail.message = diagnostic.message;
  detail.notes = diagnostic.notes;
  detail.rendered =
      fmt::format("{} {}: {}\n", detail.warning ? "warning" : "error", detail.code, detail.message);
  for (const std::string& note : detail.notes) detail.rendered += fmt::format("  note: {}\n", note);
  return detail;
}

namespace {

ErrorKind KindOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return ErrorKind::kQuery;
    case absl::StatusCode::kUnimplemented:
      return ErrorKind::kUnsupported;
    case absl::StatusCode::kNotFound:
      return ErrorKind::kNotFound;
    case absl::StatusCode::kResourceExhausted:
      return ErrorKind::kLimit;
    case absl::StatusCode::kCancelled:
      return ErrorKind::kCancelled;
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kPermissionDenied:
      return ErrorKind::kInput;
    default:
      return ErrorKind::kInternal;
  }
}

}  // namespace

Error ToError(const absl::Status& status) {
  return {KindOf(status.code()), std::string(MessageOf(status))};
}

Error ToError(const absl::Status& status, const Compilation& compilation) {
  // To place each takes a walk through the text, which may be wrong everywhere.
  constexpr size_t kMostDetails = 1000;
  const std::vector<Diagnostic>& all = compilation.diagnostics.all();
  std::vector<ErrorDetail> details;
  for (size_t i = 0; i < std::min(all.size(), kMostDetails); ++i) {
    details.push_back(ToDetail(all[i], *compilation.source));
  }
  if (all.size() > kMostDetails) {
    const size_t more = all.size() - kMostDetails;
    details.back().notes.push_back(fmt::format("{} more problems are not shown", more));
    details.back().rendered += fmt::format("  note: {}\n", details.back().notes.back());
  }
  return {KindOf(status.code()), std::string(MessageOf(status)), std::move(details)};
}

Error ToError(const absl::Status& status, const Source& source) {
  const std::optional<Diagnostic> problem = DiagnosticOf(status);
  // A plan that was loaded has no text.
  if (!problem || problem->span.end > source.text().size()) return ToError(status);
  return {KindOf(status.code()), std::string(MessageOf(status)), {ToDetail(*problem, source)}};
}

namespace {

// ISO times become seconds: the search language knows only its own forms.
absl::Status SetBound(std::string_view name, absl::TimeZone zone, std::string* bound) {
  if (bound->empty() || ParseTimeModifier(*bound, 0, zone)) return absl::OkStatus();
  const std::optional<Micros> micros = ParseTimestamp(*bound, zone);
  if (!micros) {
    return absl::InvalidArgumentError(fmt::format(
        "RunOptions::{} does not take \"{}\"; it takes epoch seconds, an ISO 8601 time, "
        "now, -2h@h, or 10/19/2020:00:00:00",
        name, io::Printable(*bound)));
  }
  *bound = fmt::format("{:.6f}", static_cast<double>(*micros) / kMicrosPerSecond);
  return absl::OkStatus();
}

absl::StatusOr<io::FormatOptions> FormatOptionsOf(const RunOptions& options) {
  const io::InputFormat* format = io::InputFormatNamed(options.format);
  if (format == nullptr && options.format != "auto") {
    return absl::InvalidArgumentError(
        fmt::format("RunOptions::format does not take \"{}\"; it takes {}",
                    io::Printable(options.format), InputFormatNames()));
  }
  if (!options.line_breaker.empty() && !options.break_only_before.empty()) {
    return absl::InvalidArgumentError(
        "RunOptions::line_breaker and RunOptions::break_only_before exclude each other");
  }
  for (const std::string* regex : {&options.line_breaker, &options.break_only_before}) {
    const absl::StatusOr<Regex> compiled = Regex::Compile(*regex);
    if (compiled.ok()) continue;
    return absl::InvalidArgumentError(fmt::format(
        "{} is no regular expression: {}", io::Printable(*regex), MessageOf(compiled.status())));
  }
  io::FormatOptions made;
  made.format = format;
  made.breaks.line_breaker = options.line_breaker;
  made.breaks.break_only_before = options.break_only_before;
  return made;
}

}  // namespace

absl::StatusOr<RunRequest> MakeRequest(const Core& core, const Input& input,
                                       const RunOptions& options) {
  RunRequest request;
  request.options = options;
  SPELK_RETURN_IF_ERROR(SetBound("earliest", core.zone(), &request.options.earliest));
  SPELK_RETURN_IF_ERROR(SetBound("latest", core.zone(), &request.options.latest));
  if (options.cancel != nullptr) request.cancel = &options.cancel->impl()->cancellation;
  if (input.impl() == nullptr) return request;
  for (const io::Input& each : input.impl()->inputs) {
    if (each.kind != io::Input::Kind::kFile) {
      request.inputs.push_back(each);
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(std::vector<io::Input> named, io::ExpandInputs({each.path}));
    for (io::Input& file : named) {
      if (!each.source.empty()) file.source = each.source;
      file.sourcetype = each.sourcetype;
      request.inputs.push_back(std::move(file));
    }
  }
  SPELK_ASSIGN_OR_RETURN(std::vector<io::Input> files, io::ExpandInputs(input.impl()->paths));
  for (io::Input& file : files) request.inputs.push_back(std::move(file));
  SPELK_ASSIGN_OR_RETURN(const io::FormatOptions format, FormatOptionsOf(options));
  for (io::Input& each : request.inputs) {
    each.format = format;
    if (each.sourcetype.empty()) each.sourcetype = MakeUtf8(options.sourcetype);
    SPELK_RETURN_IF_ERROR(core.knowledge().input_settings().Apply(&each));
  }
  request.input_is_pipe =
      options.follow ||
      std::any_of(request.inputs.begin(), request.inputs.end(), [](const io::Input& each) {
        struct stat info {};
        return each.kind == io::Input::Kind::kStandardInput &&
               (::fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode));
      });
  return request;
}

absl::Status NeedsInput() {
  return absl::InvalidArgumentError("the search reads events, and no input was given");
}

namespace {

std::vector<knowledge::GivenStanza> GivenStanzas(const std::vector<ConfStanza>& stanzas) {
  std::vector<knowledge::GivenStanza> given;
  for (const ConfStanza& stanza : stanzas) {
    given.push_back({stanza.conf, stanza.name, stanza.settings, stanza.file, stanza.line});
  }
  return given;
}

// Hands rows to the caller's function.
class CallbackSink final : public RowSink {
 public:
  explicit CallbackSink(std::function<Flow(const RowBatch&)> take) : take_(std::move(take)) {}
  absl::Status Begin(const plan::OutputShape& shape, const exec::RunContext& run) override {
    if (shape.events) events_ = std::make_shared<EventWriter>(shape, run.budget);
    order_ = FieldOrder(shape.columns.value_or(std::vector<Field>()), shape.Stages());
    return absl::OkStatus();
  }
  absl::Status Take(Batch batch) override {
    order_.Arrange(&batch);
    EventWriter::Lease lease;
    if (events_ != nullptr) {
      SPELK_ASSIGN_OR_RETURN(lease, events_->Reserve(batch));
    }
    if (take_(RowBatch(RowBatch::Impl::Make(std::move(batch), events_, names_))) == Flow::kEnough)
      enough_ = true;
    return absl::OkStatus();
  }
  bool enough() const override { return enough_; }

 private:
  std::function<Flow(const RowBatch&)> take_;
  std::shared_ptr<const EventWriter> events_;
  // Shared with the rows that outlive the run.
  std::shared_ptr<FieldTable> names_ = std::make_shared<FieldTable>();
  FieldOrder order_;
  bool enough_ = false;
};

}  // namespace

// ---------------------------------------------------------------- one run of some queries

struct QueryRun::Parts {
  std::vector<Query> queries;
  RunRequest request;
  std::function<Flow(size_t query, const RowBatch& rows)> take;
  std::vector<std::unique_ptr<CallbackSink>> sinks;
  std::unique_ptr<Runner> runner;
  absl::Status status;
};

QueryRun::QueryRun(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
QueryRun::~QueryRun() = default;

absl::StatusOr<std::unique_ptr<QueryRun>> QueryRun::Make(
    const std::vector<Query>& queries, const Input& input, const RunOptions& options,
    std::function<Flow(size_t query, const RowBatch& rows)> take) {
  auto parts = std::make_unique<Parts>();
  parts->queries = queries;
  parts->take = std::move(take);
  const Core& core = queries[0].impl().engine->core;
  SPELK_ASSIGN_OR_RETURN(parts->request, MakeRequest(core, input, options));
  parts->runner = std::make_unique<Runner>(core, parts->request);
  for (size_t q = 0; q < queries.size(); ++q) {
    if (queries[q].impl().compilation.plan == nullptr)
      return absl::InvalidArgumentError("a query that was only parsed cannot run");
    if (queries[q].impl().engine != queries[0].impl().engine) {
      return absl::InvalidArgumentError("queries that run together must be of one engine");
    }
    if (!queries[q].generates() && parts->request.inputs.empty()) return NeedsInput();
    parts->sinks.push_back(
        std::make_unique<CallbackSink>([shared = parts.get(), q](const RowBatch& rows) {
          return shared->take == nullptr ? Flow::kMore : shared->take(q, rows);
        }));
  }
  return std::unique_ptr<QueryRun>(new QueryRun(std::move(parts)));
}

absl::Status QueryRun::Start() {
  started_ = true;
  std::vector<RunJob> jobs;
  for (size_t q = 0; q < parts_->queries.size(); ++q) {
    const Compilation& compilation = parts_->queries[q].impl().compilation;
    jobs.push_back({compilation.plan.get(), parts_->sinks[q].get(), &compilation});
  }
  return parts_->runner->Start(jobs);
}

bool QueryRun::Step() {
  if (!started_) {
    parts_->status = Start();
    return parts_->status.ok();
  }
  const absl::StatusOr<bool> more = parts_->runner->Step();
  if (more.ok()) return *more;
  parts_->status = more.status();
  return false;
}

absl::StatusOr<std::vector<Summary>> QueryRun::RunToEnd() {
  parts_->status = Start();
  if (parts_->status.ok()) parts_->status = parts_->runner->RunToEnd();
  return Finish();
}

absl::StatusOr<std::vector<Summary>> QueryRun::Finish() {
  std::vector<Summary> summaries;
  std::vector<absl::Status> statuses;
  const absl::Status status = parts_->runner->Finish(parts_->status, &summaries, &statuses);
  Summary* wanted = parts_->request.options.summary;
  if (wanted != nullptr && !summaries.empty()) *wanted = summaries[0];
  SPELK_RETURN_IF_ERROR(status);
  for (size_t q = 0; q < parts_->queries.size(); ++q) {
    if (statuses[q].ok()) continue;
    summaries[q].error = ToError(statuses[q], *parts_->queries[q].impl().compilation.source);
  }
  return summaries;
}

namespace {

absl::StatusOr<std::vector<Summary>> RunQueries(
    const std::vector<Query>& queries, const Input& input, const RunOptions& options,
    const std::function<Flow(size_t query, const RowBatch& rows)>& take) {
  if (queries.empty()) return std::vector<Summary>();
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<QueryRun> run,
                         QueryRun::Make(queries, input, options, take));
  return run->RunToEnd();
}

}  // namespace
}  // namespace engine

std::string_view InputFormatNames() {
  static const std::string* const kNames = new std::string("auto, " + io::ListOfInputFormats());
  return *kNames;
}

// ---------------------------------------------------------------- results

std::string Error::code() const {
  if (!details_.empty()) return details_[0].code;
  switch (kind_) {
    case ErrorKind::kNotFound:
      return CodeText(ErrorCode::kMissingFile);
    case ErrorKind::kLimit:
      return CodeText(ErrorCode::kLimit);
    case ErrorKind::kInput:
      return CodeText(ErrorCode::kInput);
    default:
      return "";
  }
}

std::string Error::Render() const {
  if (details_.empty()) {
    const std::string number = code();
    return fmt::format("error{}{}: {}\n", number.empty() ? "" : " ", number, message_);
  }
  std::string out;
  for (const ErrorDetail& detail : details_) out += detail.rendered;
  return out;
}

// ---------------------------------------------------------------- input

Input::Input() = default;

Input File(std::string path) { return Files({std::move(path)}); }

Input Files(std::vector<std::string> paths) {
  auto impl = std::make_shared<Input::Impl>();
  impl->paths = std::move(paths);
  return Input(std::move(impl));
}

Input Memory(std::string_view text, std::string source) {
  auto impl = std::make_shared<Input::Impl>();
  impl->inputs.emplace_back();
  impl->inputs[0].kind = io::Input::Kind::kMemory;
  impl->inputs[0].path = std::move(source);
  impl->inputs[0].memory = text;
  return Input(std::move(impl));
}

Input Callback(std::function<size_t(char* buffer, size_t size)> read, std::string source) {
  if (read == nullptr) return {};
  auto impl = std::make_shared<Input::Impl>();
  impl->inputs.emplace_back();
  impl->inputs[0].kind = io::Input::Kind::kCallback;
  impl->inputs[0].path = std::move(source);
  impl->inputs[0].callback = std::move(read);
  return Input(std::move(impl));
}

Cancel::Cancel() : impl_(std::make_unique<Impl>()) {}
Cancel::~Cancel() = default;
void Cancel::EndInput() { impl_->cancellation.EndInput(); }
void Cancel::Stop() { impl_->cancellation.Stop(); }
bool Cancel::input_ended() const { return impl_->cancellation.input_ended(); }
bool Cancel::before_end_of_input() const { return impl_->cancellation.before_end_of_input(); }

// ---------------------------------------------------------------- engine

Engine::Engine(EngineOptions options)
    : impl_(std::make_shared<Impl>(engine::CoreOptions{
          std::move(options.apps), options.builtin, std::move(options.time_zone),
          std::move(options.lookups), std::move(options.write_folder), std::move(options.macros),
          engine::GivenStanzas(options.stanzas), options.empty_tables,
          std::move(options.limits.base), std::move(options.limits.set)})) {}
Engine::~Engine() = default;
// NOLINTNEXTLINE(performance-move-constructor-init): the other one stays as it was.
Engine::Engine(Engine&& other) noexcept : impl_(other.impl_) {}
Engine& Engine::operator=(Engine&& other) noexcept {
  impl_ = other.impl_;
  return *this;
}

Result<Query> Engine::Compile(std::string_view text, const CompileOptions& options) const {
  auto impl = std::make_shared<Query::Impl>();
  impl->engine = impl_;
  const absl::Status status = engine::Compile(impl_->core, text, options, &impl->compilation);
  if (!status.ok()) return engine::ToError(status, impl->compilation);
  for (const Diagnostic& diagnostic : impl->compilation.diagnostics.all()) {
    impl->warnings.push_back(engine::ToDetail(diagnostic, *impl->compilation.source));
  }
  return Query(std::move(impl));
}

Result<Query> Engine::LoadPlan(std::string_view bytes) const {
  auto impl = std::make_shared<Query::Impl>();
  impl->engine = impl_;
  impl->compilation.source = std::make_shared<Source>("<plan>", "");
  absl::StatusOr<plan::NodePtr> plan =
      plan::LoadPlan(bytes, {&impl_->core.fields(), &impl_->core.entries(), 0});
  if (!plan.ok()) return engine::ToError(plan.status());
  impl->compilation.plan = std::move(*plan);
  return Query(std::move(impl));
}

Result<std::string> Engine::Help(std::string_view name) const {
  absl::StatusOr<std::string> text = engine::Help(impl_->core.entries(), name);
  if (!text.ok()) return engine::ToError(text.status());
  return std::move(*text);
}

std::vector<LimitInfo> Engine::Limits() const {
  std::vector<LimitInfo> infos;
  for (const plan::Limit& limit : plan::kLimits) {
    const auto value = [](int64_t most) {
      return most == 0 || most == plan::kNoLimit ? std::optional<uint64_t>()
                                                 : static_cast<uint64_t>(most);
    };
    infos.push_back({plan::NameOf(limit), value(limit.fallback),
                     value(impl_->core.knowledge().limits().Get(limit)), std::string(limit.cuts),
                     std::string(limit.page)});
  }
  return infos;
}

Result<AppReport> Engine::Apps() const {
  if (!impl_->core.status().ok()) return engine::ToError(impl_->core.status());
  const knowledge::Knowledge& knowledge = impl_->core.knowledge();
  AppReport report;
  for (const knowledge::AppFile& file : knowledge.files()) {
    report.files.push_back({file.app, file.file, file.read, file.stanzas, file.builtin});
  }
  report.problems = knowledge.problems();
  for (std::string& problem : engine::FindAppProblems(impl_->core)) {
    report.problems.push_back(std::move(problem));
  }
  return report;
}

std::vector<std::pair<std::string, std::string>> Engine::Passes() const {
  std::vector<std::pair<std::string, std::string>> passes;
  for (const optimize::PassInfo& pass : optimize::Passes())
    passes.emplace_back(pass.name, pass.summary);
  return passes;
}

std::optional<double> Engine::ParseTime(std::string_view text, double now) const {
  const absl::TimeZone zone = impl_->core.zone();
  if (const std::optional<double> time = ParseTimeModifier(text, now, zone)) return time;
  const std::optional<Micros> micros = ParseTimestamp(text, zone);
  if (!micros) return std::nullopt;
  return static_cast<double>(*micros) / kMicrosPerSecond;
}

std::vector<std::string> Engine::CompleteHelp(std::string_view prefix) const {
  return engine::CompleteHelp(impl_->core.entries(), prefix);
}

std::string Engine::SupportMatrix() const { return engine::SupportMatrix(impl_->core.entries()); }

std::vector<std::string> Engine::Complete(std::string_view prefix) const {
  return engine::Complete(impl_->core.entries(), prefix);
}

// ---------------------------------------------------------------- queries

bool Query::generates() const {
  return impl_->compilation.plan != nullptr && !engine::ReadsEvents(*impl_->compilation.plan);
}

const std::vector<ErrorDetail>& Query::warnings() const { return impl_->warnings; }

std::vector<std::string> Query::writes() const {
  std::vector<std::string> tables;
  if (impl_->compilation.plan == nullptr) return tables;
  const plan::Node& plan = *impl_->compilation.plan;
  plan::ForEachNode(plan, [&tables](const plan::Node& node) {
    std::string table = node.GetDataflow().writes_table;
    if (!table.empty()) tables.push_back(std::move(table));
  });
  return tables;
}

Result<Summary> Query::Run(const Input& input, const TakeRows& take) const {
  return Run(input, RunOptions(), take);
}

Result<Summary> Query::Run(const Input& input, const RunOptions& options,
                           const TakeRows& take) const {
  absl::StatusOr<std::vector<Summary>> summaries = engine::RunQueries(
      {*this}, input, options,
      [&take](size_t, const RowBatch& rows) { return take == nullptr ? Flow::kMore : take(rows); });
  if (!summaries.ok()) return engine::ToError(summaries.status());
  if ((*summaries)[0].error) return *(*summaries)[0].error;
  return std::move((*summaries)[0]);
}

Result<std::vector<Summary>> RunTogether(
    const std::vector<Query>& queries, const Input& input, const RunOptions& options,
    const std::function<Flow(size_t query, const RowBatch& rows)>& take) {
  absl::StatusOr<std::vector<Summary>> summaries =
      engine::RunQueries(queries, input, options, take);
  if (!summaries.ok()) return engine::ToError(summaries.status());
  return std::move(*summaries);
}

Result<std::string> Query::Explain(Stage stage) const {
  return Explain(stage, Input(), RunOptions());
}

Result<std::string> Query::Explain(Stage stage, const Input& input,
                                   const RunOptions& options) const {
  const engine::Compilation& compilation = impl_->compilation;
  const engine::Core& core = impl_->engine->core;
  if (stage == Stage::kTokens) {
    Diagnostics diagnostics;
    const absl::StatusOr<std::vector<Token>> tokens =
        Tokenize(*compilation.source, core.entries(), core.limits(), diagnostics);
    if (!tokens.ok()) return engine::ToError(tokens.status());
    return engine::PrintTokens(*tokens, compilation.source->text());
  }
  if (stage == Stage::kAst) return Dump(compilation.ast, true);
  if (compilation.plan == nullptr) return Error(ErrorKind::kQuery, "the query was only parsed");
  if (stage == Stage::kPlan) return plan::PrintPlan(*compilation.plan);
  absl::StatusOr<engine::RunRequest> request = engine::MakeRequest(core, input, options);
  if (!request.ok()) return engine::ToError(request.status());
  absl::StatusOr<std::string> text = engine::ExplainRun(core, *compilation.plan, *request, stage);
  if (!text.ok()) return engine::ToError(text.status(), *compilation.source);
  return std::move(*text);
}

std::string Query::SavePlan() const {
  return impl_->compilation.plan == nullptr ? "" : plan::SavePlan(*impl_->compilation.plan);
}

std::string_view Version() { return SPELK_VERSION; }

}  // namespace spelk
