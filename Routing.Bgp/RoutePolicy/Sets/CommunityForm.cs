namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>One way to write what a pattern means: all of its fields have to match.</summary>
/// <param name="Fields">From the most significant on, without overlaps.</param>
public sealed record CommunityForm(Sequence<CommunityField> Fields)
{
    /// <summary>True when the community has this form.</summary>
    public bool Matches(UInt128 community)
    {
        foreach (var field in Fields)
        {
            if (!field.Matches(community))
            {
                return false;
            }
        }

        return true;
    }
}
