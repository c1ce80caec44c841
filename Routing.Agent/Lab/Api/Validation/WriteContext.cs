using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>What a kind's rules may look at besides the document.</summary>
internal sealed record WriteContext(ObjectStore Store, KindRegistry Registry, TimeProvider Time);
