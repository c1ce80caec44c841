namespace Routing.Policy.Model;

/// <summary>One thing that is wrong with an object from outside.</summary>
/// <param name="Field">Path of the field, as in "spec.ingress[0].ports[1].endPort".</param>
/// <param name="Value">What stands there; empty when nothing does.</param>
/// <param name="Allowed">What may stand there.</param>
public sealed record Problem(string Field, string Value, string Allowed)
{
    /// <summary>One line for people.</summary>
    public override string ToString() =>
        Value.Length == 0 ? $"{Field}: missing; {Allowed}" : $"{Field}: '{Value}' is not allowed; {Allowed}";
}
