using Routing.Policy.Model;

namespace Routing.Policy.Reference;

/// <summary>One end of a <see cref="Flow"/>, as a person names it.</summary>
public abstract record FlowEnd
{
    private FlowEnd()
    {
    }

    /// <summary>Reads "namespace/pod" or an IP address.</summary>
    public static bool TryParse(string? text, out FlowEnd? end)
    {
        end = null;
        if (Model.Address.TryParse(text, out var address))
        {
            end = new Address(address);
        }
        else if (text?.Split('/') is [{ Length: > 0 } home, { Length: > 0 } name])
        {
            end = new Pod(new NamespacedName(home, name));
        }

        return end is not null;
    }

    /// <summary>A pod, by whichever of its addresses.</summary>
    public sealed record Pod(NamespacedName Name) : FlowEnd
    {
        /// <inheritdoc/>
        public override string ToString() => Name.ToString();
    }

    /// <summary>Whoever has the address.</summary>
    public sealed record Address(Model.Address Value) : FlowEnd
    {
        /// <inheritdoc/>
        public override string ToString() => Value.ToString();
    }
}
