// Inputs made of others.
#include "spelk/inputs.h"

#include <memory>
#include <utility>

#include "engine/impl.h"
#include "value/utf8.h"

namespace spelk {

Input Together(const std::vector<Input>& inputs) {
  auto impl = std::make_shared<Input::Impl>();
  for (const Input& input : inputs) {
    if (input.impl() == nullptr) continue;
    const Input::Impl& each = *input.impl();
    impl->paths.insert(impl->paths.end(), each.paths.begin(), each.paths.end());
    impl->inputs.insert(impl->inputs.end(), each.inputs.begin(), each.inputs.end());
  }
  return Input(std::move(impl));
}

// Paths become inputs that are expanded when a run begins.
Input Named(const Input& input, const std::string& source, const std::string& sourcetype) {
  if (input.impl() == nullptr || (source.empty() && sourcetype.empty())) return input;
  auto impl = std::make_shared<Input::Impl>(*input.impl());
  for (std::string& path : impl->paths) impl->inputs.emplace_back().path = std::move(path);
  impl->paths.clear();
  for (io::Input& each : impl->inputs) {
    if (!source.empty()) each.source = MakeUtf8(source);
    if (!sourcetype.empty()) each.sourcetype = MakeUtf8(sourcetype);
  }
  return Input(std::move(impl));
}

}  // namespace spelk
