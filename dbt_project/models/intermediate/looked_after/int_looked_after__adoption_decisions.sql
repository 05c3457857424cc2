with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

adoption_decisions as (
    select * from {{ ref('stg_ssda903__adoption_decisions') }}
),

-- A decision stands in the return of its year and may stand in later ones, reversed or not: what
-- the newest return says counts. Each year knows what was returned by then.
known_decisions as (
    select
        returns.la_code,
        returns.period_label,
        returns.period_start,
        returns.period_end,
        adoption_decisions.child_id,
        adoption_decisions.decision_date,
        adoption_decisions.reversal_date,
        adoption_decisions.reversal_reason_code,
        adoption_decisions._delivery_id,
        adoption_decisions._source_file,
        adoption_decisions._source_line
    from adoption_decisions
    inner join returns
        on adoption_decisions.la_code = returns.la_code
            and adoption_decisions.period_start <= returns.period_start
    where
        adoption_decisions.child_id is not null
        and adoption_decisions.decision_date <= returns.period_end
    qualify row_number() over (
            partition by
                returns.la_code,
                returns.period_label,
                adoption_decisions.child_id,
                adoption_decisions.decision_date
            order by adoption_decisions.period_start desc, adoption_decisions._source_line desc
        ) = 1
)

select * from known_decisions
