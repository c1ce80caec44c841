namespace Routing.Agent.Lab.Api.Validation;

/// <summary>rbac.authorization.k8s.io kinds, whose names may hold colons.</summary>
internal sealed class PathNamedRules : KindRules
{
    public override NameRule Name => NameRule.PathSegment;
}
