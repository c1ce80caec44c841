using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>What came into force.</summary>
/// <param name="Ruleset">All of it.</param>
/// <param name="IsRepair">Somebody else had changed our rules, and packets may have passed that both rulesets deny.</param>
/// <param name="IsOfNames">Nothing is new but what names stand for.</param>
internal readonly record struct CommittedRuleset(Ruleset Ruleset, bool IsRepair = false, bool IsOfNames = false);
