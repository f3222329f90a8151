// The public side of YAML.
#include "spelk/yaml.h"

#include "engine/impl.h"
#include "knowledge/yaml.h"

namespace spelk {

struct Yaml::Impl {
  knowledge::YamlNodePtr node;
};

namespace {

const std::string& Nothing() {
  static const std::string nothing;
  return nothing;
}

Yaml Handle(const knowledge::YamlNodePtr& node) {
  return Yaml(std::make_shared<const Yaml::Impl>(Yaml::Impl{node}));
}

using YamlKind = knowledge::YamlNode::Kind;

}  // namespace

bool Yaml::is_map() const { return impl_ != nullptr && impl_->node->kind == YamlKind::kMap; }
bool Yaml::is_list() const { return impl_ != nullptr && impl_->node->kind == YamlKind::kList; }
bool Yaml::is_text() const { return impl_ != nullptr && impl_->node->kind == YamlKind::kText; }
const std::string& Yaml::text() const { return impl_ == nullptr ? Nothing() : impl_->node->text; }
bool Yaml::quoted() const { return impl_ != nullptr && impl_->node->quoted; }
size_t Yaml::line() const { return impl_ == nullptr ? 0 : impl_->node->line; }

size_t Yaml::size() const {
  if (impl_ == nullptr) return 0;
  return is_map() ? impl_->node->members.size() : impl_->node->items.size();
}

Yaml Yaml::At(size_t index) const {
  if (index >= size()) return {};
  return Handle(is_map() ? impl_->node->members[index].second : impl_->node->items[index]);
}

const std::string& Yaml::Name(size_t index) const {
  return is_map() && index < size() ? impl_->node->members[index].first : Nothing();
}

Yaml Yaml::Find(std::string_view name) const {
  for (size_t i = 0; is_map() && i < size(); ++i) {
    if (Name(i) == name) return At(i);
  }
  return {};
}

Result<std::vector<Yaml>> ReadYaml(std::string_view text, std::string_view file) {
  const absl::StatusOr<std::vector<knowledge::YamlNodePtr>> documents =
      knowledge::ReadYaml(text, file);
  if (!documents.ok()) return engine::ToError(documents.status());
  std::vector<Yaml> handles;
  for (const knowledge::YamlNodePtr& document : *documents) handles.push_back(Handle(document));
  return handles;
}

}  // namespace spelk
